;;; floe-ls.el --- floe's manifests and data products in Emacs  -*- lexical-binding: t -*-

;; SPDX-License-Identifier: Apache-2.0
;; Package-Requires: ((emacs "28.1") (eglot "1.9"))
;; Version: 0.1.0
;; Keywords: languages, tools

;;; Commentary:

;; A mode for floe.yaml and …manifest.yaml with the language server floe-ls behind it.  With Emacs 29, and with
;; yaml-mode, it is YAML's mode with a name of its own.
;;
;;   (require 'floe-ls)
;;   (add-hook 'floe-mode-hook #'eglot-ensure)

;;; Code:

(require 'eglot)
(require 'yaml-mode nil t)

(defgroup floe nil
  "The manifests and data products of floe."
  :group 'languages)

(defcustom floe-ls-command '("floe-ls" "serve")
  "The program that speaks the Language Server Protocol, and its arguments."
  :type '(repeat string)
  :group 'floe)

(defvar floe-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?# "<" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?- "_" table)
    table)
  "What counts as a comment, a string and a word where no YAML mode is installed.")

(defalias 'floe--parent-mode
  (cond ((fboundp 'yaml-mode) 'yaml-mode)
        ((and (fboundp 'treesit-ready-p) (fboundp 'yaml-ts-mode) (treesit-ready-p 'yaml t)) 'yaml-ts-mode)
        (t 'prog-mode))
  "The mode that `floe-mode' builds on.")

;;;###autoload
(define-derived-mode floe-mode floe--parent-mode "floe"
  "Major mode for the manifests and data products of floe."
  (unless (derived-mode-p 'yaml-mode 'yaml-ts-mode)
    (set-syntax-table floe-mode-syntax-table)
    (setq-local comment-start "# "))
  (setq-local indent-tabs-mode nil))

;;;###autoload
(add-to-list 'auto-mode-alist '("/\\(?:floe\\|[^/]*manifest\\)\\.ya?ml\\'" . floe-mode))

(add-to-list 'eglot-server-programs (cons 'floe-mode (lambda (&rest _) floe-ls-command)))

(provide 'floe-ls)
;;; floe-ls.el ends here
