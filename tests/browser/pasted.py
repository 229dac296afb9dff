"""What Word, Excel and Google Docs put on the clipboard for a small text, and what the editor has to make of it."""


def paste(editor, *, html="", text=""):
    """Paste as Ctrl+V would, from another program: Chromium lets no test put such HTML on the clipboard itself."""
    editor.evaluate(
        """(area, [html, text]) => {
            const clipboardData = new DataTransfer();
            if (html) clipboardData.setData("text/html", html);
            clipboardData.setData("text/plain", text);
            area.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        [html, text],
    )


def _item(level, sign, text, *, place="Middle", conditional=True):
    """A list item as Word writes it: a paragraph, with its level in the style and its sign as text."""
    start, end = (
        ("<![if !supportLists]>", "<![endif]>") if conditional else ("<!--[if !supportLists]-->", "<!--[endif]-->")
    )
    return (
        f"<p class=MsoListParagraphCxSp{place} style='margin-left:{level * 36}.0pt;mso-add-space:auto;"
        f"text-indent:-18.0pt;mso-list:l0 level{level} lfo1'>{start}<span style='font-family:Symbol'>"
        f"<span style='mso-list:Ignore'>{sign}<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp; </span>"
        f"</span></span>{end}{text}<o:p></o:p></p>\n"
    )


WORD = f"""<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word"
xmlns="http://www.w3.org/TR/REC-html40"><head><meta http-equiv=Content-Type content="text/html; charset=utf-8">
<meta name=Generator content="Microsoft Word 15"><title>Verslag</title>
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- p.MsoNormal {{margin:0cm; font-size:11.0pt;}} @list l0:level1 {{mso-level-text:x;}} --></style></head>
<body lang=NL style='tab-interval:35.4pt;word-wrap:break-word'><!--StartFragment-->
<h1 style='margin-top:12.0pt'>Wat er
kwam<o:p></o:p></h1>
<p class=MsoNormal><span style='mso-spacerun:yes'>  </span>Het <b style='mso-bidi-font-weight:normal'>vette</b> en het
<i>schuine</i>, met een <a href="https://example.org/pad" target="_blank"><span lang=EN-US>adres</span></a> en een
<a href="file:///C:/geheim.docx">bestand</a><a name="_Hlk1"></a>.<o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
{_item(1, "·", "Appels", place="First")}{_item(2, "o", "Rode <b>appels</b>")}{_item(3, "§", "Elstar")}{
    _item(2, "o", "Groene")
}{_item(1, "·", "Peren", place="Last")}
<p class=MsoNormal>Daarna:<o:p></o:p></p>
{_item(1, "3.", "Drie", conditional=False)}{_item(2, "a)", "Drie a", conditional=False)}{
    _item(1, "4.", "Vier", conditional=False)
}
<table class=MsoTableGrid border=1 cellspacing=0 cellpadding=0 style='border-collapse:collapse'>
 <thead><tr style='mso-yfti-irow:0'><th width=302 colspan=2 scope=col style='width:226.55pt'>
  <p class=MsoNormal align=center style='text-align:center'>Kop over twee<o:p></o:p></p></th></tr></thead>
 <tr style='mso-yfti-irow:1'><td width=151 rowspan=2 valign=top><p class=MsoNormal>A<o:p></o:p></p></td>
  <td width=151 align=right>{_item(1, "·", "in de cel")}</td></tr>
 <tr><td><p class=MsoNormal><o:p>&nbsp;</o:p></p></td></tr>
</table>
<p class=MsoNormal><img width=10 height=10 src="file:///C:/plaatje.png"><o:p>&nbsp;</o:p></p>
<!--EndFragment--></body></html>"""

WORD_EXPECTED = (
    "<p><strong>Wat er kwam</strong></p>"
    "<p>Het <strong>vette</strong> en het <em>schuine</em>, met een "
    '<a href="https://example.org/pad">adres</a> en een bestand.</p>'
    "<ul><li><p>Appels</p><ul><li><p>Rode <strong>appels</strong></p><ul><li><p>Elstar</p></li></ul></li>"
    "<li><p>Groene</p></li></ul></li><li><p>Peren</p></li></ul>"
    "<p>Daarna:</p>"
    '<ol start="3"><li><p>Drie</p><ol><li><p>Drie a</p></li></ol></li><li><p>Vier</p></li></ol>'
    '<table><tbody><tr><th colspan="2" scope="col"><p>Kop over twee</p></th></tr>'
    '<tr><td rowspan="2"><p>A</p></td><td><ul><li><p>in de cel</p></li></ul></td></tr>'
    "<tr><td><p>&nbsp;</p></td></tr></tbody></table>"
)

EXCEL = """<html xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns="http://www.w3.org/TR/REC-html40">
<head><meta http-equiv=Content-Type content="text/html; charset=utf-8"><meta name=ProgId content=Excel.Sheet>
<style><!--table {mso-displayed-decimal-separator:"\\,";} .xl65 {mso-number-format:"\\@";} td {padding:0px;} --></style>
</head><body link="#0563C1" vlink="#954F72">
<table border=0 cellpadding=0 cellspacing=0 width=192 style='border-collapse:collapse;width:144pt'>
<!--StartFragment-->
 <col width=64 span=3 style='width:48pt'>
 <tr height=20 style='height:15.0pt'>
  <td height=20 class=xl65 width=64 style='height:15.0pt;width:48pt'>Wijk</td>
  <td class=xl65 width=64>2022</td><td class=xl65 width=64>2023</td></tr>
 <tr height=20><td height=20>Voorbeeldwijk &amp; omgeving</td><td align=right x:num="1234.5">1.234,5</td>
  <td align=right>&lt;5</td></tr>
 <tr height=20><td colspan=2 height=20 style='mso-ignore:colspan'></td><td rowspan=2>n.v.t.<br>
    zie boven</td></tr>
 <tr height=20><td colspan=2>=1+1</td></tr>
<!--EndFragment-->
</table></body></html>"""

EXCEL_EXPECTED = (
    "<table><tbody><tr><td><p>Wijk</p></td><td><p>2022</p></td><td><p>2023</p></td></tr>"
    "<tr><td><p>Voorbeeldwijk &amp; omgeving</p></td><td><p>1.234,5</p></td><td><p>&lt;5</p></td></tr>"
    '<tr><td colspan="2"><p></p></td><td rowspan="2"><p>n.v.t.<br>zie boven</p></td></tr>'
    '<tr><td colspan="2"><p>=1+1</p></td></tr></tbody></table>'
)


def _run(text, *, bold=False, italic=False):
    style = f"font-style:{'italic' if italic else 'normal'};font-weight:{700 if bold else 400}"
    return f'<span style="font-size:11pt;background-color:transparent;{style}">{text}</span>'


def _google_item(level, text):
    line = f'<p dir="ltr" style="line-height:1.38" role="presentation">{_run(text)}</p>'
    return f'<li dir="ltr" style="list-style-type:disc;font-weight:400" aria-level="{level}">{line}</li>'


GOOGLE_DOCS = (
    '<meta charset=\'utf-8\'><b style="font-weight:normal;" id="docs-internal-guid-0a1b">'
    f'<h2 dir="ltr" style="line-height:1.38">{_run("Kop")}</h2>'
    f'<p dir="ltr" style="line-height:1.38;margin-top:0pt">{_run("Gewoon, ")}{_run("vet", bold=True)}{_run(" en ")}'
    f"{_run('schuin', italic=True)}{_run('.')}</p><br />"
    f'<ul style="margin-top:0">{_google_item(1, "een")}<ul>{_google_item(2, "twee")}</ul>{_google_item(1, "drie")}</ul>'
    '<br /><div dir="ltr" style="margin-left:0pt" align="left"><table style="border:none"><colgroup><col width="301" />'
    f'<col width="301" /></colgroup><tbody><tr style="height:0pt"><td style="padding:5pt"><p>{_run("a")}</p></td>'
    f'<td style="padding:5pt"><p dir="ltr">{_run("b")}</p></td></tr></tbody></table></div></b>'
    '<br class="Apple-interchange-newline">'
)

GOOGLE_DOCS_EXPECTED = (
    "<p><strong>Kop</strong></p><p>Gewoon, <strong>vet</strong> en <em>schuin</em>.</p>"
    "<ul><li><p>een</p><ul><li><p>twee</p></li></ul></li><li><p>drie</p></li></ul>"
    "<table><tbody><tr><td><p>a</p></td><td><p>b</p></td></tr></tbody></table>"
)
