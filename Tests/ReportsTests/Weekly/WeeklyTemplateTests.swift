import Core
import Foundation
import Testing

@testable import Reports

struct WeeklyTemplateTests {
    private func problems(_ overrides: [String: String]) -> [String] {
        do throws(TemplateProblems) {
            _ = try WeeklyTemplates(overrides: overrides)
            return []
        } catch { return error.all.map(\.description) }
    }

    @Test func `an operator's template stands in for ours, also with one of its own`() throws {
        let templates = try WeeklyTemplates(overrides: [
            "footer": "<tr><td>Platform team, room 4. {{> house}}</td></tr>", "house": "<b>{{note}}</b>",
        ])
        let html = try WeeklyFleet.book.report().html(templates)
        #expect(html.contains("Platform team, room 4. <b>Covers CloudFormation only"))
        #expect(!html.contains("Audit log: seal"))
    }

    @Test(arguments: [
        ("{{#rows}}\n{{text}}", "alarms.mustache:2: a section is not closed"),
        ("a\n{{#rows}}{{/alarms}}", "alarms.mustache:2: a section is closed that is not the last one opened"),
        ("a\n\nb {{text", "alarms.mustache:3: {{ has no }}"),
        ("a\n{{colours}}", "alarms.mustache:2: the report has nothing called colours"),
        ("{{#alarms}}\n{{> masthead}}{{/alarms}}", "alarms.mustache:2: there is no template masthead"),
        ("{{> alarms}}", "alarms.mustache:1: it contains itself"),
        ("{{> section}}{{> weekly}}", "alarms.mustache:1: it contains itself"),
    ])
    func `a mistake is said with its file and line`(_ text: String, _ problem: String) {
        #expect(problems(["alarms": text]).contains(problem), "\(problems(["alarms": text]))")
    }

    @Test(arguments: [
        "{{{text}}}", "{{&text}}", "{{=<% %>=}}", "{{% CONTENT_TYPE:TEXT}}", "{{<section}}{{/section}}", "{{$x}}",
        "{{reversed(rows)}}",
    ])
    func `a template cannot switch escaping off`(_ text: String) {
        #expect(
            problems(["alarms": "x\n\(text)"]).contains {
                $0.hasPrefix("alarms.mustache:2: ") && $0.contains("is not allowed")
            }
        )
    }

    @Test func `all mistakes are said at once, and a file that nothing uses is one`() {
        let found = problems(["alarms": "{{x}}", "row": "{{y}}", "rwo": "{{text}}"])
        #expect(found.count == 3 && found.contains { $0.hasPrefix("rwo.mustache:1: no other template names it") })
    }

    @Test func `templates that are too large for any mail are an error, and no half of one is made`() throws {
        let templates = try WeeklyTemplates(overrides: ["footer": String(repeating: "x", count: 100_000)])
        #expect(throws: TemplateProblems.self) { try WeeklyFleet.book.letters(templates) }
    }

    @Test func `every field that templates can name is given by some report`() throws {
        var used: Set<String> = []
        for (name, text) in WeeklyTemplates.own {
            used.formUnion(TemplateSource(name: name, text: text).tags.map(\.name))
        }
        let known = Set(WeeklyView.Field.allCases.map(\.rawValue))
        #expect(known.subtracting(used).isEmpty, "named by nobody")
    }
}
