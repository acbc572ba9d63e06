"""What of an HTML mail its reader does not see is no word of theirs; what they see is never lost."""

from __future__ import annotations

import time

import pytest

from channels.email.htmltext import html_to_text

NEWSLETTER = """<!doctype html>
<html><head><title>Bản tin tháng 11</title>
<style type="text/css">
  <!-- @import url(x.css);
  body, table { font-family: Arial } /* .said { display: none } */
  .preheader { color: transparent; display: none; height: 0; max-height: 0; opacity: 0; width: 0; }
  @media only screen and (max-width: 620px) { .phone { display: block !important } table[class=body] h1 { width: 9px } }
  -->
</style></head>
<body>
<span class="preheader">Xem trước: ưu đãi &zwnj;&nbsp;&zwnj;&nbsp;</span>
<div style="display:none;font-size:1px;color:#333333;line-height:1px;max-height:0px;opacity:0;overflow:hidden">Ẩn.</div>
<span class="mcnPreviewText" style="display:none; font-size:0px; visibility:hidden; mso-hide:all;">Ẩn nữa.</span>
<table class="body"><tr><td style="font-size:0; text-align:center">
  <div style="display:inline-block; font-size:14px">Đèn đường <b>trước số 12</b> hỏng.</div>
  <!--[if mso]></td><td width="300">Chỉ Outlook đọc.<![endif]-->
  <div style="font: 400 14px/20px Arial; width:100%">Mong sửa sớm.</div>
</td></tr></table>
<div class="phone" style="display:none">Bản cho điện thoại.</div>
<p class="said" style="visibility:hidden">Không thấy, <span style="visibility:visible">mà vẫn thấy</span>.</p>
<img src="https://x.example.vn/mo.gif" alt="" width="1" height="1" style="display:none">
</body></html>"""

OUTLOOK = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>
<!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/></o:OfficeDocumentSettings></xml><![endif]-->
<!--[if !mso]><style>v\\:* {behavior:url(#default#VML);} .MsoNormal {display:none}</style><![endif]-->
<style><!-- p.MsoNormal, li.MsoNormal {margin:0cm; font-size:11.0pt;} span.EmailStyle17 {mso-style-type:personal;} -->
</style></head><body lang="VI"><div class="WordSection1">
<p class="MsoNormal">Kính gửi trung tâm,<o:p></o:p></p>
<p class="MsoNormal"><o:p>&nbsp;</o:p></p>
<p class="MsoNormal"><span style="font-size:12.0pt;mso-hide:all">Hố ga mất nắp trước chợ.</span><o:p></o:p></p>
<![if !supportLists]><span style="font:7.0pt &quot;Times New Roman&quot;">1. Ngõ 5</span><![endif]>
</div></body></html>"""

REPLY = """<div dir="ltr">Vẫn chưa sửa ạ.<br></div><br><div class="gmail_quote">
<div dir="ltr" class="gmail_attr">Vào Th 2, 23 thg 11, 2026 vào lúc 09:20 Trung tâm &lt;<a
href="mailto:tt@example.vn">tt@example.vn</a>&gt; đã viết:<br></div>
<blockquote class="gmail_quote" style="margin:0 0 0 .8ex;padding-left:1ex"><div style="display:none">Mã thư 5</div>
<div style="max-height:0; overflow:hidden">Đã tiếp nhận (bản xem trước)</div>Đã tiếp nhận.</blockquote></div>"""


def test_of_a_newsletter_only_what_stands_there() -> None:
    """Previews are made by class or by hand; what phones alone show is shown."""
    assert html_to_text(NEWSLETTER) == (
        "Đèn đường trước số 12 hỏng.\nMong sửa sớm.\n\nBản cho điện thoại.\n\nmà vẫn thấy"
    )


def test_what_one_program_alone_reads_is_not_read() -> None:
    """And what it alone hides is."""
    assert html_to_text(OUTLOOK) == "Kính gửi trung tâm,\n\nHố ga mất nắp trước chợ.\n\n1. Ngõ 5"


def test_a_quotation_stays_one() -> None:
    """However much of it is hidden."""
    told = html_to_text(REPLY)

    assert told.startswith("Vẫn chưa sửa ạ.")
    assert told.endswith("> Đã tiếp nhận.")
    assert "Mã thư" not in told
    assert "xem trước" not in told


@pytest.mark.parametrize(
    "hiding",
    [
        "style='display:none'",
        "style='DISPLAY : None ! important; display:block'",
        "style='visibility:hidden'",
        "style='visibility:collapse'",
        "style='font-size:0'",
        "style='font-size:0px;line-height:0'",
        "style='font-size:0.0em'",
        "style='font:0/0 a'",
        "style='opacity:0'",
        "style='max-height:0px;overflow:hidden'",
        "hidden",
        "class='a ẩn'",
        "id='an'",
    ],
)
@pytest.mark.parametrize("tag", ["div", "span", "p", "a href='https://x.example.vn'", "font", "li", "center", "b"])
def test_what_is_hidden_is_not_said(tag: str, hiding: str) -> None:
    """With all that is inside, and a link with its address."""
    sheet, end = "<style>.ẩn, td.ẩn {display:none} #an {display:none}</style>", tag.split(maxsplit=1)[0]

    assert html_to_text(f"{sheet}Thấy <{tag} {hiding}>ẩn <i>kín</i></{end}>") == "Thấy"
    assert html_to_text(f"{sheet}<table><tr><td>Thấy</td><td {hiding}>ẩn</td></tr></table>") == "Thấy"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div style='display:block'>chữ</div>", "chữ"),
        ("<div style='font-size:small'>chữ</div>", "chữ"),
        ("<div style='font-size:0.8em'>chữ</div>", "chữ"),
        ("<div style='font-size:0'><table><tr><td>chữ</td></tr></table></div>", "chữ"),
        ("<div style='font-size:0'><span style='font-size:1rem'>chữ</span></div>", "chữ"),
        ("<div style='font:bold 12px Arial'>chữ</div>", "chữ"),
        ("<div style='font:normal 400 1.2em/1.5 sans-serif'>chữ</div>", "chữ"),
        ("<div style='line-height:0;height:0'>chữ</div>", "chữ"),
        ("<div style='max-height:0;overflow:visible'>chữ</div>", "chữ"),
        ("<div style='overflow:hidden;width:100%'>chữ</div>", "chữ"),
        ("<div style='opacity:0.5'>chữ</div>", "chữ"),
        ("<div style='display:none;display:block'>chữ</div>", "chữ"),
        ("<div style='/* display:none */ color:red'>chữ</div>", "chữ"),
        ("<style>.a{display:none} .b .a{display:block}</style><div class=b><p class=a>chữ</div>", "chữ"),
        ("<style>.a{display:none} @media screen{.a{display:block}}</style><p class=a>chữ", "chữ"),
        ("<style>@media print{.a{display:none}}</style><p class=a>chữ", "chữ"),
        ("<style>.a{display:none}</style><p class=a style='display:block'>chữ", "chữ"),
        ("<!-- <style>.a{display:none}</style> --><p class=a>chữ", "chữ"),
        ("<style>.a{display:none", ""),
        ("<p style='display:none'>ẩn</p>chữ<p style='display:none'>ẩn", "chữ"),
    ],
)
def test_what_is_seen_is_never_lost(html: str, text: str) -> None:
    """A program hides boxes, and shows what is in them."""
    assert html_to_text(html) == text


@pytest.mark.parametrize("piece", ["<style>", "<style></style", "<!--", "/*", "<p style='/*", "{", "@media{"])
def test_malice_takes_no_time(piece: str) -> None:
    """A mail is read while others wait; a hundred times the usual is allowed for a busy machine."""
    began = time.process_time()
    html_to_text("<style>" + piece * (500_000 // len(piece)))
    html_to_text(piece * (500_000 // len(piece)))

    assert time.process_time() - began < 20
