import Core
import Foundation
import Testing

@testable import Reports

/// What Gmail, Outlook's Word engine, the new Outlook and Apple Mail all draw.
///
/// After caniemail.com (features as of June 2026): whatever is not named here is not used, so this fails for a feature
/// that nobody has looked up.
struct MailClientTests {
    /// Elements with the attributes that they may have.
    ///
    /// Not among them: `div` (no width or padding in Word), `img`, `svg`,
    /// `progress`, `a`, `form`, `button`, `link`, `script`.
    static let elements: [String: Set<String>] = {
        let cell: Set<String> = [
            "width", "height", "align", "valign", "bgcolor", "class", "style", "colspan",
        ]
        return [
            "!doctype": [], "html": ["lang"], "head": [], "title": [], "style": [],
            "meta": ["charset", "name", "content"],
            "body": ["bgcolor", "class", "style"],
            "table": ["role", "width", "cellpadding", "cellspacing", "border", "bgcolor", "class", "style"],
            "thead": [], "tbody": [], "tr": [], "td": cell, "th": cell.union(["scope"]),
            "p": ["class", "style"], "h1": ["class", "style"], "h2": ["class", "style"],
            "span": ["class", "style"], "b": [], "br": [],
        ]
    }()

    /// Properties of style attributes, each with the elements on which all of them draw it.
    static let properties: [String: Set<String>] = {
        let cells: Set<String> = ["td", "th"]
        let texts: Set<String> = ["p", "h1", "h2", "span", "td", "th"]
        return [
            // In Word only on cells.
            "padding": cells.union(["body"]),
            "margin": ["p", "h1", "h2", "body"],
            // In Word only on tables.
            "max-width": ["table"],
            "border-bottom": cells,
            "background-color": ["body", "table", "td", "th"],
            "color": texts.union(["table"]),
            "font-family": ["table", "p"],
            "font-size": texts, "line-height": texts, "font-weight": texts,
            // Where it is not known, a long name makes its column wider.
            "word-break": cells,
            // Where it is not known (Word, whose windows are wide), a command is broken at any hyphen.
            "white-space": ["span"],
        ]
    }()

    static let editions: [(String, WeeklyReport)] = {
        let book = WeeklyFleet.book
        let crowd = WeeklyBook(WeeklyFleet.crowd(2_000, owners: 40))
        let nothing = WeeklyBook(WeeklyRecords(now: Samples.now, zone: Samples.berlin))
        return [
            ("full", book.report()), ("empty", nothing.report()), ("crowd", crowd.report()),
            ("nobody's", nothing.report(.owner(WeeklyFleet.anna))),
        ] + book.readers([WeeklyFleet.anna]).map { ($0.name, book.report(.owner($0))) }
    }()

    private func each(_ body: (String, MailHTML) throws -> Void) throws {
        let templates = try WeeklyTemplates()
        for (name, report) in Self.editions { try body(name, MailHTML(try report.html(templates))) }
        let notices = NoticeText(NoticeTextTests.everything, zone: Samples.berlin, templates: templates)
        try body("notices", MailHTML(notices.html(templates)))
    }

    @Test func `the tokenizer sees what it is here to see`() {
        #expect(MailHTML("<p>a</p>").mistakes.isEmpty)
        for wrong in ["<p>a", "<p>a</b>", "<p class=x>a</p>", "<p>a & b</p>", "<p", "<p class=\"a\" class=\"b\"></p>"] {
            #expect(!MailHTML(wrong).mistakes.isEmpty, "\(wrong)")
        }
        #expect(
            MailHTML("<td style=\"color:#fff;padding: 2px 3px\">").tags[0].style == [
                "color": "#fff", "padding": "2px 3px",
            ]
        )
    }

    @Test func `every edition has only elements and attributes that the main clients know`() throws {
        try each { name, html in
            #expect(html.mistakes.isEmpty, "\(name)")
            for tag in html.tags {
                guard let allowed = Self.elements[tag.name] else {
                    Issue.record("\(name): <\(tag.name)>")
                    continue
                }
                let unknown = Set(tag.attributes.keys).subtracting(allowed)
                #expect(unknown.isEmpty, "\(name): <\(tag.name)> has \(unknown)")
            }
        }
    }

    @Test func `every edition has only styles that the main clients draw on that element`() throws {
        let value =
            /(#[0-9a-f]{6}|[0-9]+(px)?( [0-9]+(px)?){0,3}|bold|normal|break-word|nowrap|[0-9]px solid #[0-9a-f]{6})/
        try each { name, html in
            for tag in html.tags {
                for (property, text) in tag.style {
                    let place = "\(name): <\(tag.name) style=\"\(property):\(text)\">"
                    #expect(Self.properties[property]?.contains(tag.name) == true, "\(place)")
                    if property != "font-family" { #expect(text.wholeMatch(of: value) != nil, "\(place)") }
                }
                for attribute in ["width", "height"] {
                    guard let text = tag.attributes[attribute] else { continue }
                    #expect(text.wholeMatch(of: /[1-9][0-9]*%?/) != nil, "\(name): <\(tag.name) \(attribute)=\(text)>")
                    #expect(!text.hasSuffix("%") || (Int(text.dropLast()) ?? 101) <= 100)
                }
                // Word takes colours of grounds from the attribute, others from the style.
                #expect(tag.attributes["bgcolor"] == tag.style["background-color"], "\(name): <\(tag.name)>")
            }
        }
    }

    @Test func `what a style sheet says is only for dark screens, and small`() throws {
        try each { name, html in
            let sheet = html.styleSheet
            // Gmail drops one of more than 16 KB whole.
            #expect(sheet.utf8.count < 8_000)
            #expect(sheet.split(separator: "@").count == 2 && sheet.contains("@media (prefers-color-scheme: dark) {"))
            for line in sheet.split(separator: "\n").dropFirst().dropLast() {
                let rule = /\.[a-z]+ \{ (background-color|color|border-color): #[0-9a-f]{6} !important; \}/
                #expect(line.wholeMatch(of: rule) != nil, "\(name): \(line)")
            }
            let known = Set(sheet.matches(of: /\.([a-z]+) \{/).map { String($0.1) })
            for tag in html.tags {
                let used = Set((tag.attributes["class"] ?? "").split(separator: " ").map(String.init))
                #expect(used.isSubset(of: known), "\(name): <\(tag.name)> has \(used)")
            }
        }
    }

    @Test func `layout tables are presentation, data tables have scoped headers, the language is said`() throws {
        try each { name, html in
            #expect(html.tags.first { $0.name == "html" }?.attributes["lang"] == "en")
            var tables: [(isData: Bool, scopes: Set<String>)] = []
            for tag in html.tags where ["table", "th"].contains(tag.name) {
                if tag.name == "th" {
                    guard !tag.isEnd else { continue }
                    let scope = tag.attributes["scope"] ?? ""
                    #expect(["col", "row", "rowgroup"].contains(scope), "\(name)")
                    #expect(tables.last?.isData == true, "\(name): a header in a table that only lays out")
                    if !tables.isEmpty { tables[tables.count - 1].scopes.insert(scope) }
                } else if tag.isEnd {
                    guard let table = tables.popLast() else { continue }
                    #expect(!table.isData || table.scopes.isSuperset(of: ["col"]), "\(name)")
                } else {
                    let role = tag.attributes["role"]
                    #expect(role == nil || role == "presentation")
                    tables.append((role == nil, []))
                }
            }
        }
    }
}
