import type { Message } from '@nhip/canonical/problem'

/** What to do next, for findings that have the same cure. */
export const restoreFile: Message = {
  vi: 'Lấy lại tệp này từ một bản sao lưu (bản sao lưu là tệp tar, mở bằng "tar"), rồi chạy lại nhip doctor.',
  en: 'Take this file from a backup (a backup is a tar file), then run nhip doctor again.',
}

export const restoreNode: Message = {
  vi: 'Dừng dùng thư mục này và khôi phục bản sao lưu gần nhất vào một thư mục mới: nhip restore TỆP --data THƯ-MỤC-MỚI.',
  en: 'Stop using this folder and restore the newest backup into a new one: nhip restore FILE --data NEW-FOLDER.',
}
