import { z } from 'zod'
import type { Problem } from './error/problems.ts'
import { flagOf } from './text/flag.ts'

/** 'a, b' as its names. */
export const names: z.ZodType<string[], string> = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim()))

/** As `names`, none of them empty. */
export const list: z.ZodType<string[], string> = names.refine((all) => all.every((name) => name !== ''), {
  message: 'a name is empty; names are separated by single commas',
})

/** A number given as text. */
export function numberWithin(accepts: (value: number) => boolean, range: string): z.ZodType<number> {
  return z
    .string()
    .transform((text) => (text.trim() === '' ? NaN : Number(text)))
    .refine((value) => Number.isFinite(value) && accepts(value), { message: `must be ${range}` })
}

/** A whole number given as text. */
export function wholeFrom(least: number): z.ZodType<number> {
  return numberWithin(
    (value) => Number.isSafeInteger(value) && value >= least,
    `a whole number, at least ${least}`,
  )
}

/** What is wrong with options (texts, under their names in camel case), in the words of the command line. */
export function optionProblems(schema: z.ZodType, given: Readonly<Record<string, unknown>>): Problem[] {
  const { error } = schema.safeParse(given)
  return (error?.issues ?? []).map(({ path: [option], message }) => ({
    code: 'invalid-option',
    message: `${flagOf(String(option))} ${message}`,
  }))
}
