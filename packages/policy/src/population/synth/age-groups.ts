/** Five-year age groups, the last one open: 0-4, …, 75-79, 80 and over. */
export const AGE_GROUPS = 17
/** Cells of age group and sex of one province: male groups first. */
export const AGE_CELLS = 2 * AGE_GROUPS
