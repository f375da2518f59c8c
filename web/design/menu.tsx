import { Ellipsis } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { type ComponentProps, createContext, type ReactNode, type RefObject, useContext, useRef } from 'react'
import { IconButton } from './button.tsx'
import { classes } from './classes.ts'
import { DialogContext } from './dialog.tsx'

interface MenuProps {
  /** The button that opens it. */
  trigger: ReactNode
  children: ReactNode
  align?: 'start' | 'end'
}

type Choice = RefObject<(() => void) | undefined>

const ChoiceContext = createContext<Choice>({ current: undefined })

/** A menu of actions. Not modal, since a modal one injects a style sheet, which the page's CSP forbids. */
export function Menu({ trigger, children, align = 'end' }: MenuProps) {
  const choice: Choice = useRef(undefined)
  // Runs once the focus is back on the trigger, so that a dialog opened by the action returns the focus there.
  const act = () => {
    const chosen = choice.current
    choice.current = undefined
    if (chosen) queueMicrotask(chosen)
  }
  return (
    <ChoiceContext value={choice}>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
        <DropdownMenu.Portal container={useContext(DialogContext)}>
          <DropdownMenu.Content
            align={align}
            sideOffset={4}
            collisionPadding={8}
            onCloseAutoFocus={act}
            className="appear z-50 min-w-40 rounded-lg border border-line bg-raised p-1 shadow-raised"
          >
            {children}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
    </ChoiceContext>
  )
}

interface MenuItemProps extends Omit<ComponentProps<typeof DropdownMenu.Item>, 'onSelect'> {
  danger?: boolean
  onSelect(): void
}

/** The menu of a list item: in its corner, while the item is hovered or has the focus. */
export const ItemMenu = ({ of, children }: { of: string; children: ReactNode }) => (
  <Menu
    trigger={
      <IconButton
        label={`Actions for ${of}`}
        className="absolute top-0.5 right-0.5 size-8 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 focus-visible:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-100"
      >
        <Ellipsis />
      </IconButton>
    }
  >
    {children}
  </Menu>
)

export function MenuItem({ danger = false, className, onSelect, ...rest }: MenuItemProps) {
  const choice = useContext(ChoiceContext)
  return (
    <DropdownMenu.Item
      onSelect={() => {
        choice.current = onSelect
      }}
      className={classes(
        'flex min-h-9 items-center gap-2.5 rounded-md px-2.5 outline-none select-none data-highlighted:bg-hover [&_svg]:size-4',
        danger ? 'text-danger' : 'text-ink',
        className,
      )}
      {...rest}
    />
  )
}
