package import Core

/// `curfew nightly --dry-run`: what would change, be planned, and be said to whom.
package struct NightPreview: Sendable {
    package var changes: [(key: EnvironmentKey, event: String)]
    package var due: [EnvironmentKey]
    package var contents: [NoticeContent]
    package var unreachable: [(key: EnvironmentKey, because: String)]

    package init(
        changes: [(key: EnvironmentKey, event: String)],
        due: [EnvironmentKey],
        contents: [NoticeContent],
        unreachable: [(key: EnvironmentKey, because: String)]
    ) {
        self.changes = changes
        self.due = due
        self.contents = contents
        self.unreachable = unreachable
    }

    package var text: String {
        var lines = ["dry run, on the newest scan: nothing is recorded, planned or sent"]
        func add(_ title: String, _ rows: [String]) {
            lines.append("\(title): \(rows.isEmpty ? "nothing" : "\(rows.count)")")
            lines += rows.map { "  \(SafeText.line($0))" }
        }
        add("would change", changes.map { "\($0.key.name): \($0.event)" })
        add("would be planned, as far as budgets allow", due.map(\.name.text))
        let said = contents.flatMap { content in
            content.items.map { "\(content.recipient.text): \($0.name) \($0.notice.kind.rawValue)" }
        }
        add("would be said", said)
        if !unreachable.isEmpty {
            add("could be said to nobody", unreachable.map { "\($0.key.name): \($0.because)" })
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// The same for programs.
package struct NightPreviewJSON: Encodable {
    let changes: [Change]
    let due: [String]
    let messages: [Message]
    let unreachable: [Change]

    struct Change: Encodable {
        let environment: String
        let event: String
    }

    struct Message: Encodable {
        let recipient: String
        let notices: [Notice]
    }

    struct Notice: Encodable {
        let environment: String
        let notice: String
    }

    package init(_ preview: NightPreview) {
        changes = preview.changes.map { Change(environment: $0.key.name.text, event: $0.event) }
        due = preview.due.map(\.name.text)
        messages = preview.contents.map { content in
            Message(
                recipient: content.recipient.text,
                notices: content.items.map { Notice(environment: $0.name, notice: $0.notice.kind.rawValue) }
            )
        }
        unreachable = preview.unreachable.map { Change(environment: $0.key.name.text, event: $0.because) }
    }
}
