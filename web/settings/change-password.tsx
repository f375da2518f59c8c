import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { changePassword } from '../api/accounts.ts'
import { Field } from '../design/field.tsx'
import { announce } from '../shell/announcer.tsx'
import { SettingsForm } from './settings-form.tsx'

const empty = { current: '', wanted: '' }

/** Signs out every other browser, in case someone else knew the old password. */
export function ChangePassword() {
  const [{ current, wanted }, setPasswords] = useState(empty)
  const change = useMutation({
    mutationFn: () => changePassword(current, wanted),
    onSuccess: () => {
      setPasswords(empty)
      announce('Your password is changed')
    },
  })
  return (
    <SettingsForm
      verb="Change password"
      busy={change.isPending}
      error={change.error}
      done={change.isSuccess ? 'Changed' : undefined}
      onSubmit={() => change.mutate()}
    >
      <Field
        label="Current password"
        type="password"
        autoComplete="current-password"
        required
        value={current}
        onChange={event => setPasswords({ current: event.target.value, wanted })}
      />
      <Field
        label="New password"
        type="password"
        autoComplete="new-password"
        required
        minLength={8}
        maxLength={72}
        hint="8 to 72 characters. All other browsers are signed out."
        value={wanted}
        onChange={event => setPasswords({ current, wanted: event.target.value })}
      />
    </SettingsForm>
  )
}
