"""
A letter as one page for browser and printer: everything escaped, everything inside it, nothing loaded.

It comes with its own style, so whoever serves it sends `POLICY` along: no script, no address, pictures from the page.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape

from core.letters.model import MOTTO, NATION, TO, Letter, Photo
from core.letters.plain import recipient_lines

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)

_STYLE = """
@page { size: A4; margin: 20mm 15mm 20mm 30mm }
* { box-sizing: border-box }
body { max-width: 190mm; margin: 0 auto; padding: 12mm 8mm; color: #000; background: #fff;
  font: 13.5pt/1.45 "Times New Roman", Tinos, "Liberation Serif", "Libertinus Serif", serif }
header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 4mm 8mm; text-align: center }
header > div { flex: 1 1 45mm }
header > div + div { flex: 0 0 auto; max-width: 100% }
header p, footer p { margin: 0 }
.authority, .nation { font-size: 12pt }
.motto { font-size: 13pt }
.number { white-space: pre }
.nation, .motto, .office, .signature, h1 { font-weight: bold }
.office::after, .motto::after { content: ""; display: block; width: 40%; margin: 1mm auto 2mm;
  border-top: .6pt solid #000 }
.number, .subject { font-size: 13pt }
.date { font-style: italic; margin-top: 2mm }
h1 { font-size: 14pt; position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
main { margin-top: 8mm }
main p { margin: 0 0 2mm; text-align: justify; text-indent: 10mm; white-space: pre-line; overflow-wrap: anywhere }
main p.to { text-align: center; text-indent: 0; margin-bottom: 5mm }
footer { display: flex; justify-content: space-between; gap: 8mm; margin-top: 6mm }
footer > div { flex: 1 1 50% }
.recipients { font-size: 11pt }
.recipients b { font-size: 12pt; font-style: italic }
.signature { text-align: center; padding-bottom: 25mm }
.photos { display: flex; flex-wrap: wrap; gap: 5mm; margin-top: 5mm }
.photos figure { margin: 0; flex: 0 1 70mm; break-inside: avoid }
.photos img { max-width: 100%; height: auto }
.photos figcaption { font-size: 11pt; text-align: center }
.draft { border: 1.5pt dashed #a00; color: #a00; padding: 2mm 4mm; margin: 0 0 6mm;
  font: 11pt/1.4 system-ui, sans-serif }
@media (max-width: 640px) { body { padding: 6mm 4mm; font-size: 12.5pt } footer { flex-direction: column-reverse } }
"""
DRAFT = "Bản xem trước. Chưa ký, chưa phát hành."
BEYOND_TEXT = "Mẫu của phần mềm: quy chế không kèm mẫu văn bản trả lời."


def as_page(letter: Letter, photos: Sequence[Photo] = (), *, note: str = "") -> str:
    """
    The page, HTML 5.

    Args:
        photos: drawn below the letter, in order. `note`: a line for staff above a draft.
    """
    body = "\n".join([*_notes(letter, note), _header(letter), _main(letter), _footer(letter), _photos(photos)])
    title = escape(f"{letter.label} {letter.code}")
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    page = f'<html lang="vi">\n<head>{head}<style>{_STYLE}</style></head>\n<body>\n{body}\n</body>\n</html>'
    return f"<!DOCTYPE html>\n{page}\n"


def _notes(letter: Letter, note: str) -> Iterable[str]:
    if letter.draft:
        told = [DRAFT, *([BEYOND_TEXT] if letter.beyond_text else []), note]
        yield f'<p class="draft" role="note">{escape(" ".join(filter(None, told)))}</p>'


def _header(letter: Letter) -> str:
    subject = f"V/v {letter.subject}" if letter.subject else ""
    left = [("authority", letter.authority.upper()), ("office", letter.office.upper())]
    left += [("number", letter.number), ("subject", subject)]
    right = [("nation", NATION), ("motto", MOTTO), ("date", letter.place_date)]
    return f"<header><div>{_lines(left)}</div><div>{_lines(right)}</div></header>"


def _lines(lines: Iterable[tuple[str, str]]) -> str:
    return "".join(f'<p class="{kind}">{escape(text)}</p>' for kind, text in lines if text)


def _main(letter: Letter) -> str:
    paragraphs = [_paragraph(text) for text in letter.body]
    files = [_paragraph(f"Tệp kèm theo: {', '.join(letter.files)}.")] if letter.files else []
    return f"<main><h1>{escape(letter.label)}</h1>{''.join([*paragraphs, *files])}</main>"


def _paragraph(text: str) -> str:
    kind = ' class="to"' if text.startswith(TO) else ""
    return f"<p{kind}>{escape(text)}</p>"


def _photos(photos: Sequence[Photo]) -> str:
    if not photos:
        return ""
    return f'<section class="photos" aria-label="Ảnh kèm theo">{"".join(map(_figure, photos))}</section>'


def _figure(photo: Photo) -> str:
    source, label = f"data:image/jpeg;base64,{b64encode(photo.data).decode()}", escape(photo.label)
    size = f'width="{photo.width}" height="{photo.height}"'
    return f'<figure><img src="{source}" alt="{label}" {size}><figcaption>{label}</figcaption></figure>'


def _footer(letter: Letter) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in recipient_lines(letter))
    recipients = f'<div class="recipients"><p><b>Nơi nhận:</b></p>{lines}</div>' if letter.recipients else "<div></div>"
    return f'<footer>{recipients}<div class="signature"><p>{escape(letter.signature)}</p></div></footer>'
