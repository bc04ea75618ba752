/** The version of the package, as `package.json` has it. */
export const KERNEL_VERSION = '0.1.0';
