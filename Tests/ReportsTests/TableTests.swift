import Foundation
import Testing

@testable import Reports

struct TableTests {
    let plain = Style(colour: false)

    @Test func `columns line up in terminal columns, not in characters`() {
        var table = Table([.init("name"), .init("n", .right)])
        table.add("日本", "1")
        table.add("👩‍👩‍👧x", "22")
        table.add("cafe\u{301}", "333")
        #expect(table.text(width: nil, style: plain) == "NAME    N\n日本    1\n👩‍👩‍👧x    22\ncafe\u{301}  333\n")
    }

    @Test func `a narrow terminal cuts the widest columns first and never the ones that must stay whole`() {
        var table = Table([.init("name", shrinks: false), .init("reason")])
        table.add("feat-checkout", "idle: 7d: changed eight days ago")
        let lines = table.lines(width: 30, style: plain)
        #expect(lines[1] == "feat-checkout  idle: 7d: chan…")
        #expect(lines.allSatisfy { SafeText.width($0) <= 30 })
        #expect(table.lines(width: 5, style: plain)[1].hasPrefix("feat-checkout  "))
    }

    @Test func `a wide character that does not fit is left out whole`() {
        #expect(SafeText.cut("日本語", to: 4) == "日…")
        #expect(SafeText.width("日…") == 3)
    }

    @Test func `colour changes no column`() {
        var table = Table([.init("a"), .init("b")])
        table.add(Span("x", .bad), Span("y", .good))
        let coloured = table.text(width: nil, style: Style(colour: true))
        #expect(coloured.replacing(/\x1B\[[0-9]+m/, with: "") == table.text(width: nil, style: plain))
        #expect(coloured.contains("\u{1B}[31mx\u{1B}[0m"))
    }

    @Test(arguments: [
        "\u{1B}[2Jgone", "a\rb", "a\nb", "bell\u{7}", "\u{9B}31m", "\u{202E}txt.exe", "zero\u{200B}width", "del\u{7F}",
        "\u{1B}]0;title\u{7}",
        "back\u{8}space", "line\u{2028}break",
    ])
    func `nothing in a cell, a line or a JSON text can move the cursor`(_ hostile: String) {
        var table = Table([.init("a"), .init("b")])
        table.add(Span(hostile), "after")
        var page = Page(Canvas(now: .now, zone: .gmt))
        page.line(Span(hostile, .bad))
        for text in [table.text(width: nil, style: plain), page.text, JSONText.render([hostile])] {
            let lines = text.split(separator: "\n")
            #expect(lines.count <= 2)
            let bad = lines.joined().unicodeScalars.filter {
                $0.properties.generalCategory == .control || $0.properties.generalCategory == .format
                    || $0.value == 0x2028
            }
            // The zero-width space alone draws nothing and stays in JSON, which has to give the name back.
            #expect(bad.allSatisfy { $0.value == 0x200B && text.hasPrefix("[") }, "\(text.debugDescription)")
        }
    }

    @Test func `a pile of marks is cut down`() {
        let pile = "a" + String(repeating: "\u{301}", count: 200)
        #expect(SafeText.line(pile).unicodeScalars.count == 5)
    }

    @Test func `ASCII mode lets no other byte through`() {
        #expect(SafeText.ascii("“naïve” – 日本 → x…") == "\"na?ve\" - ?? -> x...")
    }

    @Test(arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1"])
    func `a spreadsheet runs no cell`(_ formula: String) {
        let cell = CSV.cell(formula)
        #expect(cell.hasPrefix("'") || cell.hasPrefix("\"'"))
    }

    @Test func `CSV quotes as RFC 4180 asks`() {
        var table = Table([.init("the name"), .init("b")])
        table.add("say \"hi\", all", "two\nlines")
        #expect(table.csv() == "the_name,b\r\n\"say \"\"hi\"\", all\",\"two\nlines\"\r\n")
    }

    @Test func `lines break at the terminal's edge, colours or not`() {
        for colour in [false, true] {
            var page = Page(Canvas(now: .now, zone: .gmt, style: Style(colour: colour), width: 30))
            page.line(Span("one two three four five six seven ", .dim), Span("eight nine ten eleven", .bad), indent: 2)
            #expect(page.lines.count == 3)
            let plain = page.lines.map { $0.replacing(/\x1B\[[0-9]+m/, with: "") }
            #expect(plain == ["  one two three four five six", "    seven eight nine ten", "    eleven"])
        }
    }
}
