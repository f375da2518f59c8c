import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { useLocation, useSearchParams } from 'wouter'
import { signIn, signUp } from '../api/accounts.ts'
import { Button } from '../design/button.tsx'
import { Field } from '../design/field.tsx'
import { Mark } from '../design/mark.tsx'
import { ThemeSwitch } from '../shell/theme.tsx'
import { useEnter } from './session.ts'

type Purpose = 'sign-in' | 'sign-up'

const words = {
  'sign-in': { title: 'Sign in', other: 'sign-up', question: 'New here?', otherVerb: 'Sign up' },
  'sign-up': {
    title: 'Sign up',
    other: 'sign-in',
    question: 'Have an account already?',
    otherVerb: 'Sign in',
  },
} as const

/** Sign-in and sign-up share one form, so that typed text is kept when someone switches between them. */
export function AccountScreen({ purpose }: { purpose: Purpose }) {
  const { title, other, question, otherVerb } = words[purpose]
  const [, navigate] = useLocation()
  const [search] = useSearchParams()
  const back = search.get('back')
  useEffect(() => {
    document.title = `${title} · Colloquy`
  }, [title])
  return (
    <main className="flex h-full flex-col overflow-y-auto">
      <div className="flex justify-end p-3">
        <ThemeSwitch />
      </div>
      <div className="m-auto grid w-full max-w-96 gap-6 px-5 pb-20">
        <div className="grid justify-items-center gap-3 text-center">
          <Mark className="size-11" />
          <h1 className="text-xl font-semibold tracking-tight">{title} to Colloquy</h1>
          <p className="text-quiet">
            {back
              ? 'Then you go on where you were. What you wrote is kept.'
              : 'Talk to an assistant that keeps your tasks.'}
          </p>
        </div>
        <AccountForm purpose={purpose} />
        <p className="flex items-center justify-center text-quiet">
          {question}
          <Button
            look="link"
            onClick={() => navigate(`/${other}${back ? `?back=${encodeURIComponent(back)}` : ''}`)}
          >
            {otherVerb}
          </Button>
        </p>
      </div>
    </main>
  )
}

function AccountForm({ purpose }: { purpose: Purpose }) {
  const [account, setAccount] = useState({ name: '', email: '', password: '' })
  const enter = useEnter()
  const submit = useMutation({
    mutationFn: () =>
      purpose === 'sign-in' ? signIn(account) : signUp({ ...account, name: account.name.trim() }),
    onSuccess: enter,
  })
  // Clears this form's error when switching to the other one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: for each purpose
  useEffect(submit.reset, [purpose])
  const fieldOf = (name: keyof typeof account) => ({
    name,
    required: true,
    value: account[name],
    onChange: (event: { target: { value: string } }) =>
      setAccount({ ...account, [name]: event.target.value }),
  })
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (!submit.isPending) submit.mutate()
  }
  const isNew = purpose === 'sign-up'
  return (
    <form onSubmit={send} className="grid gap-4">
      {isNew && <Field label="Name" autoComplete="name" maxLength={100} {...fieldOf('name')} />}
      <Field label="E-mail" type="email" autoComplete="email" autoFocus={!isNew} {...fieldOf('email')} />
      <Field
        label="Password"
        type="password"
        autoComplete={isNew ? 'new-password' : 'current-password'}
        {...(isNew ? { minLength: 8, maxLength: 72, hint: '8 to 72 characters' } : {})}
        {...fieldOf('password')}
      />
      {submit.error && (
        <p role="alert" className="rounded-md bg-danger-soft px-3 py-2.5 text-danger">
          {submit.error.message}
        </p>
      )}
      <Button type="submit" look="primary" busy={submit.isPending} className="min-h-10">
        {words[purpose].title}
      </Button>
    </form>
  )
}
