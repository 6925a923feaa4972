#!/bin/sh
# Takes the pictures of VS Code that `make test-editors` left in .tools/pictures into docs/images, in fewer colours.
set -eu
cd "$(dirname "$0")/.."

take() { # docs/images/vscode$1.png is the picture $2
  convert ".tools/pictures/$2.png" -strip -dither None -colors 255 "PNG8:docs/images/vscode$1.png"
}
take "" problems-dark
take -completion completion-light
take -effective effective-light
take -fix fix-dark
take -graph graph-light
take -hover hover-dark
take -impact impact-dark
take -mesh tree-light
take -whatif whatif-light
