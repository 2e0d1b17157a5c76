#!/usr/bin/env bash
# Builds the documentation site in build/docs: the pages of docs/ by MkDocs (a broken link is an error), the reference
# in build/docs/reference by Doxygen (a public name without a comment is an error). The site opens from the disk and
# needs no network.
#   docs.sh             all
#   docs.sh --pages     the pages alone, without the reference
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

reference=1
for option; do
  [[ $option == --pages ]] || fail "docs.sh: expected --pages or no argument, got '$option'"
  reference=''
done

# shellcheck disable=SC2034  # by ensure_packages
needed_tools=(mkdocs doxygen python3)
ensure_packages mkdocs mkdocs-material doxygen python3
site=$root/build/docs
mkdir -p "$site"

say "Pages: $site/index.html"
(cd "$root" && mkdocs --quiet build --strict)
# A browser fetches no JSON from the disk: assets/search_from_file.js takes the index from this script.
{ printf '__search_index = '; cat "$site/search/search_index.json"; } > "$site/search/search_index.js"
rm -f "$site/Doxyfile" "$site/sitemap.xml" "$site/sitemap.xml.gz"

if [[ $reference ]]; then
  say "Reference: $site/reference/index.html"
  warnings=$root/build/docs-warnings.txt
  version=$(sed -n 's/^#define WMANIFOLD_VERSION_\(MAJOR\|MINOR\|PATCH\) //p' "$root/include/wmanifold/version.hpp" |
    paste -s -d .)
  (cd "$root" && doxygen - < <(cat docs/Doxyfile &&
    printf '%s\n' "PROJECT_NUMBER = $version" "WARN_LOGFILE = $warnings"))
  count=$(grep -c 'warning:' "$warnings" || true)
  [[ $count == 0 ]] || fail "Doxygen: expected no warnings, got $count; read $warnings"
fi

"$root/scripts/docs_check.py" "$site"
