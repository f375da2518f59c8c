import { useMutation } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { downloadEverything } from '../api/my-data.ts'
import { Button } from '../design/button.tsx'
import { ProblemNotice } from '../design/problem-notice.tsx'

export function ExportData() {
  const download = useMutation({ mutationFn: downloadEverything, onSuccess: save })
  return (
    <div className="grid justify-items-start gap-3">
      <Button busy={download.isPending} onClick={() => download.mutate()}>
        <Download aria-hidden="true" className="size-4" />
        {download.isPending ? 'Collecting…' : 'Download my data'}
      </Button>
      {download.error && <ProblemNotice error={download.error} onRetry={() => download.mutate()} />}
    </div>
  )
}

function save(file: Blob): void {
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = 'colloquy-export.json'
  link.click()
  // By then the browser has started the download.
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
