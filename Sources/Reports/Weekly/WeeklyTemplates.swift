import Foundation
import Mustache

/// The templates of the weekly mail and of notices: those of the program, each of which an operator's can stand in for.
package struct WeeklyTemplates: Sendable {
    private let library: MustacheLibrary
    private let page: MustacheTemplate
    private let notices: MustacheTemplate

    /// The program's own texts by name, for an operator to begin with.
    package static let own: [String: String] = [
        "weekly": String(decoding: PackageResources.weekly_mustache, as: UTF8.self),
        "alarms": String(decoding: PackageResources.alarms_mustache, as: UTF8.self),
        "figures": String(decoding: PackageResources.figures_mustache, as: UTF8.self),
        "shares": String(decoding: PackageResources.shares_mustache, as: UTF8.self),
        "trend": String(decoding: PackageResources.trend_mustache, as: UTF8.self),
        "section": String(decoding: PackageResources.section_mustache, as: UTF8.self),
        "row": String(decoding: PackageResources.row_mustache, as: UTF8.self),
        "footer": String(decoding: PackageResources.footer_mustache, as: UTF8.self),
        "notices": String(decoding: PackageResources.notices_mustache, as: UTF8.self),
    ]

    /// `overrides` by name, without `.mustache`; each stands in for the program's own of that name, or is a new one
    /// that others name.
    ///
    /// Every mistake is found here, before any mail is made. A template cannot switch escaping off, because names and
    /// tags are strangers'.
    package init(overrides: [String: String] = [:]) throws(TemplateProblems) {
        MailEscaping.register()
        let texts = Self.own.merging(overrides) { $1 }
        var problems: [TemplateProblem] = []
        var partials: [String: [String]] = [:]
        var templates: [String: MustacheTemplate] = [:]
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            let source = TemplateSource(name: name, text: text)
            let found = source.problems(knowing: Set(texts.keys))
            problems += found
            partials[name] = source.partials
            guard found.isEmpty else { continue }
            do { templates[name] = try MustacheTemplate(string: MailEscaping.pragma + text) } catch {
                problems.append(TemplateProblem(error, in: name))
            }
        }
        let used = Self.reached(from: Self.first, partials).union(Self.reached(from: Self.nightly, partials))
        for name in overrides.keys.sorted() where !used.contains(name) {
            problems.append(
                TemplateProblem(template: name, line: 1, because: "no other template names it with {{> \(name)}}")
            )
        }
        for name in used.sorted() where Self.reached(from: partials[name] ?? [], partials).contains(name) {
            problems.append(TemplateProblem(template: name, line: 1, because: "it contains itself"))
        }
        guard problems.isEmpty, let page = templates[Self.first], let notices = templates[Self.nightly] else {
            throw TemplateProblems(problems)
        }
        self.page = page
        self.notices = notices
        library = MustacheLibrary(templates: templates)
    }

    func render(_ view: WeeklyView) -> String { page.render(view, library: library) }

    /// What a night tells somebody.
    func render(notices view: WeeklyView) -> String { notices.render(view, library: library) }

    private static let first = "weekly"
    private static let nightly = "notices"

    private static func reached(from name: String, _ partials: [String: [String]]) -> Set<String> {
        reached(from: partials[name] ?? [], partials).union([name])
    }

    private static func reached(from names: [String], _ partials: [String: [String]]) -> Set<String> {
        var reached: Set<String> = []
        var next = names
        while let name = next.popLast() {
            if reached.insert(name).inserted { next += partials[name] ?? [] }
        }
        return reached
    }
}

/// What is wrong with templates, each mistake with its place.
package struct TemplateProblems: Error, Sendable {
    package let all: [TemplateProblem]

    init(_ all: [TemplateProblem]) { self.all = all }
}

package struct TemplateProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// Without `.mustache`.
    package let template: String
    /// From 1; nil where it is about all of it.
    package let line: Int?
    package let because: String

    init(template: String, line: Int?, because: String) {
        (self.template, self.line, self.because) = (template, line, because)
    }

    init(_ error: any Error, in template: String) {
        self.template = template
        guard let error = error as? MustacheTemplate.ParserError else {
            (line, because) = (nil, "\(error)")
            return
        }
        // Before the first line stands the pragma, on its own.
        line = error.context.lineNumber - 1
        because =
            switch error.error as? MustacheTemplate.Error {
            case .sectionCloseNameIncorrect: "a section is closed that is not the last one opened"
            case .expectedSectionEnd: "a section is not closed"
            default: "a tag is not what mustache knows"
            }
    }

    /// Such as `row.mustache:12`, and what is wrong there.
    package var description: String { "\(template).mustache\(line.map { ":\($0)" } ?? ""): \(because)" }
}
