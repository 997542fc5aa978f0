/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the page looks: on a desk, on a phone, in the dark and on paper. */
#ifndef VOUCH_EXPLAIN_PAGE_STYLE_H
#define VOUCH_EXPLAIN_PAGE_STYLE_H

#define VOUCH_PAGE_STYLE                                                       \
	":root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;"            \
	"--soft:#57606a;--line:#d0d7de;--good:#116329;--bad:#a40e26}"          \
	"@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;"               \
	"--paper:#0d1117;--soft:#9da7b1;--line:#30363d;--good:#56d364;"        \
	"--bad:#ff7b72}}"                                                      \
	"*{box-sizing:border-box}"                                             \
	"body{margin:0 auto;max-width:60rem;padding:1rem;color:var(--ink);"    \
	"background:var(--paper);font:1rem/1.5 system-ui,sans-serif;"          \
	"overflow-wrap:anywhere}"                                              \
	"h1{font-size:1.4rem;line-height:1.3}h2{font-size:1.1rem;"             \
	"margin-top:2rem;border-bottom:1px solid var(--line)}"                 \
	"ul,ol{padding-left:1.2rem}.tree{list-style:none;padding-left:0}"      \
	".tree ul{list-style:none;padding-left:1rem;"                          \
	"border-left:2px solid var(--line)}"                                   \
	".mark{font-weight:700}.holds,.permit{color:var(--good)}"              \
	".open,.veto{color:var(--bad)}.not-used,.rule,.source"                 \
	"{color:var(--soft)}.facts{font-size:.9rem}"                           \
	".time{border-left:2px solid var(--line);list-style:none}"             \
	"summary{cursor:pointer;font-weight:600}"                              \
	".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}"   \
	"th,td{text-align:left;padding:.2rem .6rem .2rem 0;"                   \
	"border-bottom:1px solid var(--line)}"                                 \
	"svg{width:100%;height:auto;max-width:40rem;display:block}"            \
	"svg text{fill:var(--ink);font:12px system-ui,sans-serif}"             \
	"svg line{stroke:var(--line)}svg .bound{stroke:var(--bad);"            \
	"stroke-dasharray:4 3}svg circle{fill:var(--soft)}"                    \
	"svg .candidate{fill:var(--good)}"                                     \
	"svg .epoch{fill:none;stroke:var(--soft)}svg .done{fill:var(--soft)}"  \
	"svg .open{stroke:var(--bad);stroke-width:2;stroke-dasharray:4 3}"     \
	"svg .disowned{fill:var(--soft);stroke:var(--bad);stroke-width:2}"     \
	".supposed{border:2px dashed var(--bad);padding:0 1rem}"               \
	"@media print{:root{--ink:#000;--paper:#fff;--soft:#444;--line:#999;"  \
	"--good:#000;--bad:#000}body{max-width:none;padding:0;"                \
	"font-size:10pt}li{break-inside:avoid}}"

#endif
