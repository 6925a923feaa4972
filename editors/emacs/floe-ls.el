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
;;
;; M-x floe-ls-effective shows what holds in the end, M-x floe-ls-impact what the edits of a manifest do to the files
;; below, M-x floe-ls-what-if what another version of the parent would change, M-x floe-ls-explain how a value came
;; about.

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

;;; The server

(defclass floe-ls-server (eglot-lsp-server) ()
  :documentation "A running floe-ls.")

(add-to-list 'eglot-server-programs
             (cons 'floe-mode (lambda (&rest _) (cons 'floe-ls-server floe-ls-command))))

(defun floe-ls--server ()
  "The server of this buffer, or any that runs."
  (or (eglot-current-server)
      (cl-loop for servers being the hash-values of eglot--servers-by-project
               thereis (cl-find-if (lambda (server) (cl-typep server 'floe-ls-server)) servers))
      (user-error "No floe-ls runs: open a floe.yaml or a manifest, and say M-x eglot")))

;;; Views: documents that the server writes, with lines that lead to where they come from

(defvar-local floe-view-source nil "The URI of the file that a view is made of.")
(defvar-local floe-view--uri nil "The view's own URI.")
(defvar-local floe-view--server nil "Who writes it.")
(defvar-local floe-view--origins nil "An alist of lines, from 0, and where they come from.")

(defun floe-ls--uri ()
  "The URI of the file that this buffer is, or is a view of."
  (or floe-view-source (plist-get (eglot--TextDocumentIdentifier) :uri)))

(defvar floe-view-mode-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "RET") #'floe-view-follow)
    (define-key map (kbd "M-.") #'floe-view-follow)
    (define-key map (kbd "g") #'floe-view-refresh)
    (define-key map (kbd "q") #'quit-window)
    map)
  "Keys of a view.")

(define-derived-mode floe-view-mode floe--parent-mode "floe view"
  "Major mode for what floe-ls writes: RET leads to where a line comes from."
  (setq buffer-read-only t))

(defun floe-view--show (scheme title &optional ref)
  "Show the view of this file with that SCHEME in a buffer named by TITLE.
REF is another version of its parent."
  (let* ((server (floe-ls--server))
         (source (floe-ls--uri))
         (uri (concat scheme ":/view?" (url-hexify-string source)
                      (and ref (concat "&" (url-hexify-string ref)))))
         (name (file-name-nondirectory (url-unhex-string source)))
         (buffer (get-buffer-create (format title name))))
    (with-current-buffer buffer
      (floe-view-mode)
      (setq floe-view-source source floe-view--uri uri floe-view--server server)
      (floe-view-refresh))
    (pop-to-buffer buffer)))

(defun floe-view-refresh ()
  "Ask for this view again."
  (interactive)
  (let* ((found (jsonrpc-request floe-view--server :floe/textDocumentContent (list :uri floe-view--uri)))
         (inhibit-read-only t)
         (new (generate-new-buffer " *floe*")))
    (with-current-buffer new
      (insert (or (plist-get found :text) "# There is nothing to show for this file.\n")))
    (replace-buffer-contents new) ; point stays with its line
    (kill-buffer new)
    (set-buffer-modified-p nil)
    (setq floe-view--origins
          (mapcar (lambda (origin) (cons (plist-get origin :line) origin)) (plist-get found :origins)))))

(defun floe-view-follow ()
  "Go to where the line at point comes from."
  (interactive)
  (let ((origin (cdr (assq (1- (line-number-at-pos nil t)) floe-view--origins))))
    (unless origin (user-error "This line leads nowhere"))
    (let ((start (plist-get (plist-get origin :range) :start)))
      (find-file-other-window (floe-ls--path (plist-get origin :uri)))
      (goto-char (point-min))
      (forward-line (plist-get start :line))
      (forward-char (min (plist-get start :character) (- (line-end-position) (point)))))))

(defun floe-ls--path (uri)
  "The file of a URI; manifests from registries are their own."
  (if (string-prefix-p "floe-oci:" uri) uri
    (with-no-warnings ; the name of Emacs 30, and that of before
      (if (fboundp 'eglot-uri-to-path) (eglot-uri-to-path uri) (eglot--uri-to-path uri)))))

(defun floe-view--stale (scheme uri)
  "The file URI has another view of that SCHEME now."
  (dolist (buffer (buffer-list))
    (with-current-buffer buffer
      (when (and floe-view--uri (string-prefix-p scheme floe-view--uri)
                 (equal (url-unhex-string floe-view-source) (url-unhex-string uri)))
        (run-at-time 0 nil (lambda () (when (buffer-live-p buffer) (with-current-buffer buffer (floe-view-refresh)))))))))

(cl-defmethod eglot-handle-notification ((_ floe-ls-server) (_ (eql floe/effectiveChanged)) &key uri)
  "The effective configuration of a file is another one."
  (floe-view--stale "floe-effective:" uri))

(cl-defmethod eglot-handle-notification ((_ floe-ls-server) (_ (eql floe/impactChanged)) &key uri)
  "The impact of an edit is another one."
  (floe-view--stale "floe-impact:" uri))

(cl-defmethod eglot-handle-notification ((_ floe-ls-server) (_ (eql floe/whatIfChanged)) &key uri)
  "What another version would do is known, or is something else."
  (floe-view--stale "floe-whatif:" uri))

;;;###autoload
(defun floe-ls-effective ()
  "Show every value that holds for this file, and who decided it."
  (interactive)
  (floe-view--show "floe-effective" "*floe: effective %s*"))

;;;###autoload
(defun floe-ls-impact ()
  "Show what the unsaved edits of this manifest do to the files below."
  (interactive)
  (floe-view--show "floe-impact" "*floe: impact of %s*"))

;;;###autoload
(defun floe-ls-what-if (ref)
  "Show what would change if this file took its parent in the version REF."
  (interactive
   (let ((known (jsonrpc-request (floe-ls--server) :floe/versions (list :uri (floe-ls--uri)))))
     (list (completing-read "With which version of the parent? " (append (plist-get known :tags) nil)))))
  (floe-view--show "floe-whatif" (concat "*floe: %s with " (file-name-nondirectory ref) "*") ref))

;;;###autoload
(defun floe-ls-explain ()
  "Tell what the value at point means and how it came about."
  (interactive)
  (let* ((at (eglot--TextDocumentPositionParams))
         (found (jsonrpc-request (floe-ls--server) :workspace/executeCommand
                                 (list :command "floe.explain"
                                       :arguments (vector (plist-get (plist-get at :textDocument) :uri)
                                                          (plist-get at :position))))))
    (unless found (user-error "Nothing is known of what stands here"))
    (with-help-window "*floe: story*"
      (princ (eglot--format-markup (list :kind "markdown" :value (plist-get found :markdown)))))))

;;; Manifests from registries, by names as definitions lead to them: floe-oci://host/repository@sha256:…/manifest.yaml

(defun floe-ls--remote (operation &rest arguments)
  "What Emacs asks of a file, for a manifest from a registry."
  (let ((name (seq-find (lambda (each) (and (stringp each) (string-prefix-p "floe-oci:" each))) arguments)))
    (pcase operation
      ('insert-file-contents
       (let ((text (plist-get (jsonrpc-request (floe-ls--server) :floe/textDocumentContent (list :uri name)) :text)))
         (unless text (signal 'file-missing (list "Not here any more: open a file that builds on it" name)))
         (insert (decode-coding-string (encode-coding-string text 'utf-8) 'utf-8))
         (when (nth 1 arguments) (setq buffer-file-name name))
         (goto-char (point-min))
         (list name (length text))))
      ((or 'expand-file-name 'file-truename 'abbreviate-file-name 'substitute-in-file-name) name)
      ('file-name-directory (replace-regexp-in-string "[^/]*\\'" "" name))
      ('file-name-nondirectory (replace-regexp-in-string ".*/" "" name))
      ((or 'file-exists-p 'file-readable-p 'file-regular-p 'verify-visited-file-modtime) t)
      ((or 'file-attributes 'file-modes 'file-writable-p 'file-directory-p 'file-symlink-p 'file-remote-p 'vc-registered
           'file-accessible-directory-p 'file-locked-p 'lock-file 'unlock-file 'make-auto-save-file-name
           'set-visited-file-modtime 'get-file-buffer 'file-newer-than-file-p)
       nil)
      ('unhandled-file-name-directory temporary-file-directory)
      (_ (let ((inhibit-file-name-handlers
                (cons #'floe-ls--remote (and (eq inhibit-file-name-operation operation) inhibit-file-name-handlers)))
               (inhibit-file-name-operation operation))
           (apply operation arguments))))))

(add-to-list 'file-name-handler-alist '("\\`floe-oci:" . floe-ls--remote))
(add-to-list 'auto-mode-alist '("\\`floe-oci:" . floe-view-mode))

(defun floe-ls--keep-uri (path uri)
  "What PATH makes of URI, but for a manifest from a registry: that is its own."
  (let ((text (if (keywordp uri) (substring (symbol-name uri) 1) uri)))
    (if (string-prefix-p "floe-oci:" text) text (funcall path uri))))

(unless (fboundp 'eglot-uri-to-path) ; an older eglot takes any URI for a file's
  (advice-add 'eglot--uri-to-path :around #'floe-ls--keep-uri))

(provide 'floe-ls)
;;; floe-ls.el ends here
