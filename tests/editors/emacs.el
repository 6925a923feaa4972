;;; emacs.el --- a real Emacs with the mode that we ship; exits with 1 at the first fact that does not hold  -*- lexical-binding: t -*-

;; emacs --batch -Q -l emacs.el MODE-FOLDER PYTHON FILE

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
(search-forward "compute: ")
(kill-line)
(let* ((completion (eglot-completion-at-point))
       (offered (all-completions "" (nth 2 completion)))
       (words (mapcar (lambda (word) (string-trim (substring-no-properties word))) offered)))
  (fact (member "snowflake" words) (format "an approved plugin is offered: %s" words)))

(set-buffer-modified-p nil)
(eglot-shutdown (eglot-current-server))
