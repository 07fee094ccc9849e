package import Core
package import Foundation

/// Two policies side by side: what the second one means, and its text line by line.
package struct PolicyDiff: Encodable, Sendable {
    package var from: Side
    package var to: Side
    /// Neither a text nor the order of the files differs.
    package var isSame: Bool
    /// Nothing is decided otherwise, whatever the texts look like.
    package var meansTheSame: Bool
    package var added: [String]
    package var removed: [String]
    package var changed: [Changed]
    /// Null where the policies in both decide in the order in which they did.
    @OrNull package var order: Order?
    /// `budgets.per_run`, `window`.
    package var common: [Part]
    package var filesReordered: Bool
    package var files: [File]

    /// A revision, or files as they stand.
    package struct Side: Encodable, Sendable {
        /// Null: files that are not applied, or not as they are.
        @OrNull package var revision: Int64?
        package var hash: String
        @OrNull package var appliedAt: Date?
        @OrNull package var appliedBy: String?
        package var inForce: Bool
        package var files: [String]

        package init(_ revision: PolicyRevision, inForce: Bool) {
            self.revision = revision.number
            hash = revision.hash.description
            appliedAt = revision.appliedAt
            appliedBy = revision.appliedBy
            self.inForce = inForce
            files = revision.source.files.compactMap(\.name)
        }

        /// `paths`: where the files stand.
        package init(_ source: PolicySource, paths: [String]) {
            hash = source.digest.description
            inForce = false
            files = paths
        }
    }

    package struct Changed: Encodable, Sendable {
        package var policy: String
        package var parts: [Part]
    }

    package struct Part: Encodable, Sendable {
        package var key: String
        package var before: String
        package var after: String
    }

    package struct Order: Encodable, Sendable {
        package var before: [String]
        package var after: [String]
    }

    package struct File: Encodable, Sendable {
        package var name: String
        /// `added`, `removed`, `changed` or `same`.
        package var change: String
        /// As `diff -u` writes it; empty where nothing differs.
        package var diff: String
    }

    package init(from: Side, _ before: (PolicySource, PolicySet), to: Side, _ after: (PolicySource, PolicySet)) {
        self.from = from
        self.to = to
        let texts = PolicyFilesChange(from: before.0, to: after.0)
        let change = PolicyChange(from: before.1, to: after.1)
        isSame = texts.isEmpty
        meansTheSame = change.isEmpty
        added = change.added
        removed = change.removed
        changed = change.changed.map { Changed(policy: $0.name, parts: $0.parts.map(Part.init)) }
        order = change.order.map { Order(before: $0.before, after: $0.after) }
        common = change.common.map(Part.init)
        filesReordered = texts.isReordered
        files = texts.files.map { file in
            File(
                name: file.name,
                change: file.before == nil
                    ? "added" : file.after == nil ? "removed" : file.isChanged ? "changed" : "same",
                diff: UnifiedDiff.text(file.before, file.after, name: file.name)
            )
        }
    }
}

extension PolicyDiff.Part {
    init(_ part: PolicyChange.Part) {
        key = part.key
        before = part.before
        after = part.after
    }
}

extension PolicyDiff {
    /// For people: what it means first, then the texts.
    package func text(on canvas: Canvas) -> String {
        var page = Page(canvas)
        page.line(Span("from ", .dim), Span(words(from, on: canvas), .bold))
        page.line(Span("to   ", .dim), Span(words(to, on: canvas), .bold))
        guard !isSame else {
            page.line(Span("Nothing differs.", .good))
            return page.text
        }
        page.heading("What it means")
        meaning(&page)
        for file in files where file.change != "same" {
            page.heading("\(file.name)\(file.change == "changed" ? "" : " (\(file.change))")")
            for line in file.diff.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                page.unbroken(Span(String(line), role(line)), indent: 0)
            }
        }
        return page.text
    }

    private func meaning(_ page: inout Page) {
        let mark = page.canvas.unicode ? "→" : "->"
        if meansTheSame { page.line(Span("The same: nothing is decided otherwise.", .good), indent: 2) }
        for name in added { page.line(Span("+ policy \(name)", .good), indent: 2) }
        for name in removed { page.line(Span("- policy \(name)", .bad), indent: 2) }
        for policy in changed {
            page.line(Span("~ policy \(policy.policy)", .warning), indent: 2)
            for part in policy.parts { page.line(Span(words(part, mark)), indent: 6) }
        }
        if let order {
            page.line(Span("~ the first that applies decides, and they stand in another order", .warning), indent: 2)
            page.line(
                Span("\(order.before.joined(separator: ", ")) \(mark) \(order.after.joined(separator: ", "))"),
                indent: 6
            )
        }
        for part in common { page.line(Span("~ \(words(part, mark))", .warning), indent: 2) }
        if filesReordered, order == nil { page.line(Span("The files stand in another order.", .dim), indent: 2) }
    }

    private func words(_ part: Part, _ mark: String) -> String {
        part.before == part.after
            ? "\(part.key): see the text below" : "\(part.key): \(part.before) \(mark) \(part.after)"
    }

    private func words(_ side: Side, on canvas: Canvas) -> String {
        guard let revision = side.revision else { return "\(side.files.joined(separator: ", ")) as it stands" }
        let who = side.appliedBy.map { " by \($0)" } ?? ""
        let when = side.appliedAt.map { ", applied \(canvas.time($0))" } ?? ""
        return "revision \(revision) (\(side.hash.prefix(12)))\(when)\(who)\(side.inForce ? ", in force" : "")"
    }

    private func role(_ line: Substring) -> Style.Role? {
        if line.hasPrefix("---") || line.hasPrefix("+++") || line.hasPrefix("@@") { return .dim }
        return line.hasPrefix("+") ? .good : line.hasPrefix("-") ? .bad : nil
    }
}
