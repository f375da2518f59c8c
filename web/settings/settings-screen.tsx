import { ArrowLeft } from 'lucide-react'
import { type ReactNode, useEffect, useId } from 'react'
import { Link } from 'wouter'
import { usePerson } from '../account/session.ts'
import { Segments } from '../design/segments.tsx'
import { useStored } from '../design/stored.ts'
import { Announcer } from '../shell/announcer.tsx'
import { singleKeys } from '../shell/shortcuts.ts'
import { ThemeChoice } from '../shell/theme.tsx'
import { ChangePassword } from './change-password.tsx'
import { DeleteAccount } from './delete-account.tsx'
import { ExportData } from './export-data.tsx'
import { ProfileForm } from './profile-form.tsx'
import { TimeZoneChoice } from './time-zone-choice.tsx'

export function SettingsScreen() {
  const { email } = usePerson()
  useEffect(() => {
    document.title = 'Settings · Colloquy'
  }, [])
  return (
    <main className="h-full overflow-y-auto">
      <div className="mx-auto grid max-w-2xl gap-8 px-5 py-6">
        <div className="grid justify-items-start gap-3">
          <Link href="/" className="inline-flex items-center gap-1.5 text-quiet hover:text-ink">
            <ArrowLeft aria-hidden="true" className="size-4" /> Back
          </Link>
          <h1 className="text-xl font-semibold tracking-tight">Settings</h1>
          <p className="text-quiet">{email}</p>
        </div>
        <Section title="Profile">
          <ProfileForm />
        </Section>
        <Section title="Appearance">
          <ThemeChoice />
        </Section>
        <Section title="Time zone" about="“Tomorrow at nine” is meant there, and times are shown in it.">
          <TimeZoneChoice />
        </Section>
        <Section title="Keyboard" about="Single keys such as ? can get in the way of speech input.">
          <SingleKeys />
        </Section>
        <Section title="Password">
          <ChangePassword />
        </Section>
        <Section title="My data" about="Everything kept of you, as one JSON file.">
          <ExportData />
        </Section>
        <Section title="Delete account" about="Conversations, tasks and the account itself, for good.">
          <DeleteAccount />
        </Section>
      </div>
      <Announcer />
    </main>
  )
}

function Section({ title, about, children }: { title: string; about?: string; children: ReactNode }) {
  const heading = useId()
  return (
    <section aria-labelledby={heading} className="grid gap-3 border-t border-line pt-6">
      <div className="grid gap-1">
        <h2 id={heading} className="text-lg font-semibold">
          {title}
        </h2>
        {about && <p className="text-quiet">{about}</p>}
      </div>
      {children}
    </section>
  )
}

const onOff = [
  { value: 'on', words: 'On' },
  { value: 'off', words: 'Off' },
] as const

function SingleKeys() {
  const [stored, store] = useStored(singleKeys)
  return (
    <Segments
      label="Shortcuts of a single key"
      options={onOff}
      value={stored === 'off' ? 'off' : 'on'}
      onChange={value => store(value === 'off' ? 'off' : undefined)}
    />
  )
}
