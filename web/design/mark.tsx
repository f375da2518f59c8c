/** Colloquy's logo, as in public/icon.svg: something said, something done. */
export const Mark = ({ className = 'size-6' }: { className?: string }) => (
  <svg viewBox="0 0 32 32" aria-hidden="true" className={className}>
    <path
      className="fill-accent"
      d="M8 4h16a5 5 0 0 1 5 5v10a5 5 0 0 1-5 5h-8.6l-5.9 4.6A1 1 0 0 1 8 27.8V24a5 5 0 0 1-5-5V9a5 5 0 0 1 5-5Z"
    />
    <path
      className="fill-none stroke-on-accent"
      strokeWidth="2.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      d="m10.5 14.2 3.8 3.8 7.2-7.4"
    />
  </svg>
)
