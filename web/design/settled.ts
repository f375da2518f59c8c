import { useEffect, useState } from 'react'

/** Debounces a value: what someone has typed, rather than each keystroke. */
export function useSettled<Value>(value: Value, milliseconds = 200): Value {
  const [settled, settle] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => settle(value), milliseconds)
    return () => clearTimeout(timer)
  }, [value, milliseconds])
  return settled
}
