import { Dialog } from '../design/dialog.tsx'
import { useStored } from '../design/stored.ts'
import { keysOf, type Shortcut, shortcuts, singleKeys, writingKeys } from './shortcuts.ts'

export function ShortcutsDialog({ onClose }: { onClose(): void }) {
  const [setting, set] = useStored(singleKeys)
  const listed: Shortcut[] = Object.values(shortcuts)
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl className="grid px-5">
        {writingKeys.map(each => (
          <Row key={each.does} {...each} />
        ))}
        {listed.map(each => (
          <Row key={each.does} does={each.does} keys={keysOf(each)} />
        ))}
      </dl>
      <label className="flex items-center gap-2.5 px-5 pt-3 pb-5 text-quiet">
        <input
          type="checkbox"
          className="size-4 shrink-0 accent-accent"
          checked={setting !== 'off'}
          onChange={event => set(event.target.checked ? undefined : 'off')}
        />
        Single keys, as ?, work outside of text fields
      </label>
    </Dialog>
  )
}

const Row = ({ does, keys }: { does: string; keys: string[] }) => (
  <div className="flex items-center justify-between gap-4 border-b border-line py-2">
    <dt>{does}</dt>
    <dd className="flex shrink-0 gap-1">
      {keys.map(key => (
        <kbd
          key={key}
          className="min-w-6 rounded-sm border border-line bg-ground px-1.5 py-0.5 text-center font-sans text-xs"
        >
          {key}
        </kbd>
      ))}
    </dd>
  </div>
)
