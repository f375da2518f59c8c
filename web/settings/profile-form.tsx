import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { sessionKey, usePerson } from '../account/session.ts'
import { changeName } from '../api/accounts.ts'
import { Field } from '../design/field.tsx'
import { announce } from '../shell/announcer.tsx'
import { SettingsForm } from './settings-form.tsx'

export function ProfileForm() {
  const person = usePerson()
  const queries = useQueryClient()
  const [name, setName] = useState(person.name)
  const save = useMutation({
    mutationFn: () => changeName(name.trim()),
    onSuccess: changed => {
      queries.setQueryData(sessionKey, changed)
      announce('Your name is saved')
    },
  })
  return (
    <SettingsForm
      verb="Save name"
      busy={save.isPending}
      error={save.error}
      done={save.isSuccess ? 'Saved' : undefined}
      onSubmit={() => save.mutate()}
    >
      <Field
        label="Name"
        autoComplete="name"
        required
        maxLength={100}
        value={name}
        onChange={event => setName(event.target.value)}
      />
    </SettingsForm>
  )
}
