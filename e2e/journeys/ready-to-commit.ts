/** True in the page once the button that takes a file in can be pressed. */
export const readyToCommit = `[...document.querySelectorAll('button')].some((b) => b.textContent === 'Nhập' && !b.disabled)`
