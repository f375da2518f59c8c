import { open, request } from './request.ts'

/** Everything stored about the person, as a JSON file. */
export const downloadEverything = async (): Promise<Blob> => (await open('/export')).blob()

/** Erases the account and all its data; `confirm` is the person's e-mail address as they typed it. */
export const deleteEverything = (confirm: string): Promise<void> =>
  request('', { method: 'DELETE', body: { confirm } })
