/** Points `TMPDIR` of this process and its children to a folder in memory. @returns what removes that folder */
export declare function scratchInMemory(): () => void
