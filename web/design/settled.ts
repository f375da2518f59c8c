import { useEffect, useState } from 'react'

/** The value as it was when it last stayed the same for a moment: what someone typed rather than each key of it. */
export function useSettled<Value>(value: Value, milliseconds = 200): Value {
  const [settled, settle] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => settle(value), milliseconds)
    return () => clearTimeout(timer)
  }, [value, milliseconds])
  return settled
}
