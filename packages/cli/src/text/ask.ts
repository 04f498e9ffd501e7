import process from 'node:process'

/** Asks on the terminal, beside what goes to stdout; breaking off is a no. */
export async function confirm(question: string): Promise<boolean> {
  const clack = await import('@clack/prompts')
  return (await clack.confirm({ message: question, output: process.stderr })) === true
}
