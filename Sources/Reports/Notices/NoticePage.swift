import Core

/// The same for mail clients that draw HTML.
extension NoticeText {
    func html(_ templates: WeeklyTemplates) -> String {
        templates.render(
            notices: WeeklyView([
                .subject: subject, .headline: headline, .note: opening, .sections: parts.map(section),
                .promise: Self.promise,
            ])
        )
    }

    /// The subject as a sentence of its own.
    ///
    /// An environment's name at its beginning stays as it is: names are told apart by capitals and copied into commands.
    private var headline: String {
        let text = subject.trimmingPrefix("Curfew: ")
        if parts.flatMap(\.items).contains(where: { text.hasPrefix(inSubject($0.name) + " ") }) { return String(text) }
        return text.prefix(1).uppercased() + text.dropFirst()
    }

    private func section(_ part: Part) -> WeeklyView {
        let named = part.items.dropFirst(Self.most).map { item in
            WeeklyView([.text: SafeText.line("\(item.name)  \(brief(item))")])
        }
        return WeeklyView([
            .title: part.heading, .count: part.items.count, .note: part.note,
            .rows: part.items.prefix(Self.most).map(row), .left: Array(named),
        ])
    }

    /// What it says first, then the commands, each with what it is for.
    private func row(_ item: NoticeItem) -> WeeklyView {
        let lines = lines(item).map { (label: $0.label, text: SafeText.line($0.text)) }
        let commands = lines.filter { $0.text.hasPrefix("curfew ") }
        let said = lines.filter { !$0.text.hasPrefix("curfew ") }
        var fields: [WeeklyView.Field: any Sendable] = [
            .first: SafeText.line(item.name), .detail: SafeText.line(about(item)),
            .lead: said.map { WeeklyView([.purpose: $0.label, .text: $0.text]) },
        ]
        if !commands.isEmpty {
            fields[.commands] = WeeklyView([
                .rows: commands.map { command in
                    WeeklyView.command(command.label, command.text.split(separator: " ").map(String.init))
                }
            ])
        }
        return WeeklyView(fields)
    }
}
