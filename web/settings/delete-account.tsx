import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useEnter, usePerson } from '../account/session.ts'
import { forgetAccessToken } from '../api/access-token.ts'
import { deleteEverything } from '../api/my-data.ts'
import { Button } from '../design/button.tsx'
import { Dialog } from '../design/dialog.tsx'
import { Field } from '../design/field.tsx'
import { ProblemNotice } from '../design/problem-notice.tsx'

/** Requires typing one's own address, as proof of intent. */
export function DeleteAccount() {
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      <Button look="danger" className="justify-self-start" onClick={() => setAsking(true)}>
        Delete my account
      </Button>
      {isAsking && <Confirmation onClose={() => setAsking(false)} />}
    </>
  )
}

function Confirmation({ onClose }: { onClose(): void }) {
  const { email } = usePerson()
  const [typed, setTyped] = useState('')
  const enter = useEnter()
  const remove = useMutation({
    mutationFn: () => deleteEverything(typed.trim()),
    onSuccess: () => {
      forgetAccessToken()
      enter(null)
    },
  })
  const isMeant = typed.trim().toLowerCase() === email.toLowerCase()
  return (
    <Dialog title="Delete your account?" onClose={onClose}>
      <form
        className="grid gap-4 px-5 pb-5"
        onSubmit={event => {
          event.preventDefault()
          if (isMeant && !remove.isPending) remove.mutate()
        }}
      >
        <p className="text-quiet">
          All your conversations and tasks, and the account itself, will be gone for good. Nobody can bring
          them back.
        </p>
        <Field
          label={`To confirm, type ${email}`}
          data-first-focus
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={typed}
          onChange={event => setTyped(event.target.value)}
        />
        {remove.error && <ProblemNotice error={remove.error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" type="submit" disabled={!isMeant} busy={remove.isPending}>
            Delete everything
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
