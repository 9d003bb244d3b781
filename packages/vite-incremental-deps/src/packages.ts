/**
 * The directory of the package that a module belongs to: what follows the last `node_modules`, so
 * that two versions of one package are two packages.
 */
export function packageOf(id: string): string | undefined {
  return /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(id)?.[1]
}
