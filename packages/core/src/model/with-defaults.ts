/** Options with the defaults of those that are absent or undefined. Checks nothing. */
export function withDefaults<Settings extends object>(
  defaults: Settings,
  options: { readonly [Option in keyof Settings]?: Settings[Option] | undefined },
): Settings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  return { ...defaults, ...given }
}
