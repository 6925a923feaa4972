;;; emacs.el --- a real Emacs with the mode that we ship; exits with 1 at the first fact that does not hold  -*- lexical-binding: t -*-

;; emacs --batch -Q -l emacs.el MODE-FOLDER PYTHON BROKEN REMOTE DOMAIN PRODUCT

(dolist (folder (directory-files "/usr/share/emacs/site-lisp/elpa" t "^[a-z]")) ; -Q skips what Debian sets up
  (add-to-list 'load-path folder))
(add-to-list 'load-path (pop command-line-args-left))
(require 'flymake)
(require 'floe-ls)

(setq floe-ls-command (list (pop command-line-args-left) "-m" "floe_ls" "serve")
      eglot-sync-connect 20
      eglot-autoshutdown nil
      create-lockfiles nil
      make-backup-files nil
      flymake-no-changes-timeout 0.1)

(defun fact (holds words)
  "Say WORDS, and stop unless HOLDS."
  (message "%s %s" (if holds "ok  " "FAIL") words)
  (unless holds (kill-emacs 1)))

(defun until (answer)
  "The first answer of the function ANSWER that is not nil, or nil after twenty seconds."
  (let ((end (+ (float-time) 20)) found)
    (while (and (not (setq found (funcall answer))) (< (float-time) end))
      (accept-process-output nil 0.05))
    found))

(defun findings ()
  "The texts of what flymake shows."
  (mapcar #'flymake-diagnostic-text (flymake-diagnostics)))

(find-file (pop command-line-args-left))
(defvar first (current-buffer))
(fact (eq major-mode 'floe-mode) "the file is in floe-mode")
(apply #'eglot--connect (eglot--guess-contact)) ; what M-x eglot does after its questions
(unless (eglot-managed-p) (eglot--maybe-activate-editing-mode))
(fact (until #'eglot-managed-p) "eglot manages the buffer")
(flymake-start)
(fact (until (lambda () (seq-find (lambda (text) (string-match-p "Cannot override security policy" text)) (findings))))
      "the override is shown")

(goto-char (point-min))
(search-forward "data_reten")
(let* ((answer (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover
                                (eglot--TextDocumentPositionParams)))
       (text (plist-get (plist-get answer :contents) :value)))
  (fact (string-match-p "enterprise-manifest.yaml" text) "the hover names the file of the enterprise"))

(goto-char (point-min))
(search-forward "pii_encryption: opt")
(let* ((actions (eglot-code-actions (point) (point)))
       (change (seq-find (lambda (action) (equal (plist-get action :title) "Change to `required`")) actions)))
  (fact change "a quick fix is offered")
  (unless (plist-get change :edit)
    (setq change (jsonrpc-request (eglot--current-server-or-lose) :codeAction/resolve change)))
  (eglot--apply-workspace-edit (plist-get change :edit))
  (fact (save-excursion (goto-char (point-min)) (search-forward "pii_encryption: required" nil t)) "it is applied"))

(defun place (text)
  "The file and line that the definition of what TEXT ends with leads to."
  (goto-char (point-min))
  (search-forward text)
  (backward-char)
  (let* ((found (xref-backend-definitions 'eglot (xref-backend-identifier-at-point 'eglot)))
         (marker (and found (xref-location-marker (xref-item-location (car found))))))
    (and marker (with-current-buffer (marker-buffer marker) (goto-char marker) (cons (buffer-name) (thing-at-point 'line))))))

(let ((place (place "audit_logging")))
  (fact (and (string-prefix-p "enterprise-manifest" (car place)) (string-match-p "audit_logging" (cdr place)))
        (format "a definition leads into the enterprise manifest: %s" place)))

(goto-char (point-min))
(search-forward "pii_encryption")
(floe-ls-explain)
(fact (with-current-buffer "*floe: story*" (string-match-p "enterprise-manifest.yaml" (buffer-string)))
      "the story of a value is told")

(floe-ls-effective)
(let ((view (current-buffer)) (manifest first))
  (fact (and (derived-mode-p 'floe-view-mode) buffer-read-only) "the effective configuration is a view")
  (goto-char (point-min))
  (search-forward "audit_logging")
  (floe-view-follow)
  (fact (and (string-prefix-p "enterprise-manifest" (buffer-name)) (looking-at "audit_logging"))
        "a line of it leads to its origin")
  (unless (eglot-managed-p) (eglot--maybe-activate-editing-mode))
  (goto-char (point-min))
  (search-forward "datadog")
  (replace-match "newrelic")
  (eglot--signal-textDocument/didChange)
  (fact (until (lambda () (with-current-buffer view (string-match-p "newrelic" (buffer-string)))))
        "it follows an edit that is not saved")
  (let ((manifest (current-buffer)))
    (floe-ls-impact)
    (fact (until (lambda () (string-match-p "datadog → newrelic" (buffer-string)))) "the impact of the edit is a view")
    (switch-to-buffer manifest))
  (set-buffer-modified-p nil)
  (switch-to-buffer manifest))

(defun managed (file)
  "Visit FILE, and let eglot manage it."
  (find-file file)
  (unless (eglot-managed-p) (eglot--maybe-activate-editing-mode))
  (fact (eglot-managed-p) (format "%s is managed, too" (file-name-nondirectory file))))

(managed (pop command-line-args-left))
(let ((marker (until (lambda ()
                       (goto-char (point-min))
                       (search-forward "oci://")
                       (let ((found (xref-backend-definitions 'eglot (xref-backend-identifier-at-point 'eglot))))
                         (and found (xref-location-marker (xref-item-location (car found)))))))))
  (with-current-buffer (marker-buffer marker)
    (fact (and (string-prefix-p "floe-oci:" buffer-file-name) buffer-read-only
               (string-match-p "scope: enterprise" (buffer-string)))
          "a definition leads into a manifest from a registry")))

(floe-ls-what-if "v2.0.0")
(fact (until (lambda () (string-match-p "30 → 60" (buffer-string)))) "another version of the parent is tried")

(let ((domain (progn (managed (pop command-line-args-left)) (current-buffer))))
  (managed (pop command-line-args-left))
  (goto-char (point-min))
  (search-forward "name: ")
  (eglot-rename "customer-361")
  (fact (save-excursion (goto-char (point-min)) (search-forward "name: customer-361" nil t)) "a product is renamed")
  (set-buffer-modified-p nil)
  (set-buffer domain)
  (fact (save-excursion (goto-char (point-min)) (search-forward "customer-361" nil t)) "and so in its domain's list")
  (set-buffer-modified-p nil))

(set-buffer first)
(goto-char (point-min))
(search-forward "compute: ")
(kill-line)
(let* ((completion (eglot-completion-at-point))
       (offered (all-completions "" (nth 2 completion)))
       (words (mapcar (lambda (word) (string-trim (substring-no-properties word))) offered)))
  (fact (member "snowflake" words) (format "an approved plugin is offered: %s" words)))

(set-buffer-modified-p nil)
(eglot-shutdown (eglot-current-server))
