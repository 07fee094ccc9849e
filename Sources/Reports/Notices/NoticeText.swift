package import Core
package import Foundation

/// What a night tells one recipient, as a letter.
package struct NoticeText: Sendable {
    let content: NoticeContent
    let moment: Moment
    /// How many things are left for another night.
    let later: Int
    /// Nil gives plain text alone.
    let templates: WeeklyTemplates?

    package init(_ content: NoticeContent, zone: TimeZone, templates: WeeklyTemplates? = nil, later: Int = 0) {
        self.content = content
        self.templates = templates
        self.later = later
        moment = Moment(now: content.at, zone: zone)
    }

    /// As much of it as the recipient's way can carry, the most pressing first.
    ///
    /// Mail and commands take everything (`isBounded` is false). Webhooks would be cut somewhere, and what is cut would count as told.
    package static func letter(
        _ content: NoticeContent,
        zone: TimeZone,
        templates: WeeklyTemplates? = nil,
        isBounded: Bool = true
    ) -> (letter: Letter, said: [NoticeItem]) {
        guard isBounded, case .channel = content.recipient else {
            return (NoticeText(content, zone: zone, templates: templates).letter, content.items)
        }
        var fitting = content
        while true {
            let text = NoticeText(fitting, zone: zone, later: content.items.count - fitting.items.count)
            if text.text.utf8.count <= mostBytes || fitting.items.count <= 1 { return (text.letter, fitting.items) }
            fitting.items.removeLast(max(1, fitting.items.count / 8))
        }
    }

    /// Of text in a channel: with what each line costs there, below Slack's 13,000 characters, Mattermost's 16,383 and
    /// Teams' 28 KB.
    package static let mostBytes = 5_000

    package var letter: Letter {
        Letter(
            subject: subject,
            text: text,
            html: templates.map { html($0) },
            id: content.id,
            list: "notices",
            date: content.at
        )
    }

    /// Items of one kind, under one heading.
    struct Part {
        var heading: String
        var note: String
        var items: [NoticeItem]
    }

    var parts: [Part] {
        // An end that waits for a yes is not also announced as one that may come.
        let waiting = Set(items(.awaitingApproval).map(\.notice.environment))
        let due = items(.due).filter { !waiting.contains($0.notice.environment) }
        let all: [Part] = [
            Part(
                heading: "Waiting for your yes or no",
                note: "Nothing is taken down without an approval. Look at the plan first.",
                items: items(.awaitingApproval)
            ),
            Part(
                heading: "Your approval counts no more",
                note: "Something changed, so another plan took the place of the one you approved.",
                items: items(.superseded)
            ),
            Part(
                heading: "Due",
                note: "The next plan may take these down, once it is approved. There is still time to keep them.",
                items: due.filter(\.blockers.isEmpty)
            ),
            Part(
                heading: "To be taken down, but blocked",
                note: "Something stands in the way of taking these down. Nothing of them goes before that is gone, and "
                    + "then you hear of it again.",
                items: due.filter { !$0.blockers.isEmpty }
            ),
            Part(
                heading: "Soon due",
                note: "A reminder: after the time given, these can be planned for teardown.",
                items: items(.reminded)
            ),
            Part(
                heading: "Stale",
                note: "Nobody seems to need these any more. After the time given, they can be planned for teardown.",
                items: items(.warned)
            ),
            Part(
                heading: "Kept after all",
                note: "You were told that these were stale. They are not any more; nothing needs to be done.",
                items: items(.cleared)
            ),
            Part(
                heading: "Taken down",
                note: "These are gone. What they were made from is kept, and an operator can bring them back.",
                items: items(.reaped)
            ),
        ]
        return all.filter { !$0.items.isEmpty }
    }

    private func items(_ kind: NoticeKind) -> [NoticeItem] { content.items.filter { $0.notice.kind == kind } }

    /// Of one environment, its name and what is with it; of several, how many and the most pressing.
    var subject: String {
        let shown = parts.flatMap(\.items)
        let names = Set(shown.map(\.name))
        guard let first = shown.first else { return "Curfew" }
        guard names.count == 1 else { return "Curfew: \(names.count) environments: \(counts)" }
        let name = inSubject(first.name)
        switch first.notice.kind {
        case .awaitingApproval: return "Curfew: the teardown of \(name) waits for your approval"
        case .superseded: return "Curfew: your approval for \(name) counts no more"
        case .due where !first.blockers.isEmpty: return "Curfew: \(name) is due, but blocked"
        case .due: return "Curfew: \(name) is due for teardown"
        case .reminded, .warned:
            let due = first.dueAt.map { " and due from \(moment.day($0))" } ?? ""
            return "Curfew: \(name) is stale\(due)"
        case .cleared: return "Curfew: \(name) is kept"
        case .reaped: return "Curfew: \(name) was taken down"
        }
    }

    /// A name as the subject has it.
    func inSubject(_ name: String) -> String { SafeText.cut(SafeText.line(name), to: 60) }

    /// The most pressing things first; for subject lines.
    private var counts: String {
        let words: [([NoticeKind], String)] = [
            ([.awaitingApproval], "for approval"), ([.superseded], "to approve again"), ([.due], "due"),
            ([.reminded, .warned], "stale"), ([.cleared], "kept"), ([.reaped], "taken down"),
        ]
        let shown = parts.flatMap(\.items)
        return words.compactMap { kinds, word in
            let count = shown.count { kinds.contains($0.notice.kind) }
            return count == 0 ? nil : "\(count) \(word)"
        }
        .joined(separator: ", ")
    }

    /// One line on who the reader is to all this.
    var opening: String {
        let count = Set(content.items.map(\.notice.environment)).count
        let them = count == 1 ? "one temporary environment" : "\(count) temporary environments"
        let standIn = content.items.contains(where: \.isStandIn)
        return standIn
            ? "Curfew has something to say about \(them). You get this because nobody else could be told of some of them."
            : "Curfew has something to say about \(them)."
    }

    /// Of one item, the lines under its name: a word, and what it says.
    func lines(_ item: NoticeItem) -> [(label: String, text: String)] {
        var lines: [(String, String)] = []
        func add(_ label: String, _ text: String) { lines.append((label, moment.localised(text))) }
        let name = item.name
        switch item.notice.kind {
        case .awaitingApproval:
            add("why", SafeText.cut(item.reason, to: 300))
            if !item.losses.isEmpty { add("lost", lost(item)) }
            if let plan = item.plan {
                add("look", "curfew plan show \(plan)")
                add("yes", "curfew approve \(plan)")
                add("no", "curfew reject \(plan) --because TEXT")
            }
        case .superseded:
            if let old = item.plan, let new = item.replacement {
                add("was", "\(old)")
                add("differs", "curfew plan diff \(old) \(new)")
                add("yes", "curfew approve \(new)")
            }
        case .due, .reminded, .warned:
            add("why", item.isReleased ? "released by its owner" : SafeText.cut(item.reason, to: 300))
            for blocker in item.blockers.prefix(3) { add("blocked", SafeText.cut(blocker, to: 300)) }
            if item.blockers.count > 3 { add("", "and \(item.blockers.count - 3) more: curfew show \(name)") }
            if let due = item.dueAt, item.notice.kind != .due { add("due from", moment.text(due)) }
            if let by = item.extendBy {
                add("more time", "curfew extend \(name) \(DurationText.format(by)) --because TEXT")
            }
            let until = moment.day(moment.now.addingTimeInterval(30 * 86_400))
            add("keep it", "curfew protect \(name) --until \(until) --because TEXT")
            if item.owner == nil || item.isStandIn { add("yours?", "curfew claim \(name)") }
            if !item.isReleased { add("done?", "curfew release \(name)") }
        case .cleared:
            add("why", SafeText.cut(item.reason, to: 300))
        case .reaped:
            if let ended = item.endedAt { add("when", moment.text(ended)) }
            add("back", "curfew restore \(name)")
            add("history", "curfew history \(name)")
        }
        return lines
    }

    func about(_ item: NoticeItem) -> String {
        let stacks = item.stacks == 0 ? [] : [Canvas.counted(item.stacks, "stack")]
        let owner = item.owner.map { ["owner \($0)"] } ?? (item.notice.kind == .reaped ? [] : ["no owner"])
        return (stacks + ["oldest \(moment.age(since: item.oldest))"] + owner).joined(separator: ", ")
    }

    /// What there is to say of one that is only named.
    func brief(_ item: NoticeItem) -> String {
        switch item.notice.kind {
        case .awaitingApproval, .superseded: item.plan.map { "plan \($0)" } ?? ""
        case .due where !item.blockers.isEmpty: "blocked: \(SafeText.cut(item.blockers[0], to: 120))"
        case .due, .reminded, .warned: item.dueAt.map { "from \(moment.plain($0))" } ?? ""
        case .cleared, .reaped: ""
        }
    }

    private func lost(_ item: NoticeItem) -> String {
        let most = 5
        let more = item.losses.count > most ? ["and \(item.losses.count - most) more"] : []
        return (item.losses.prefix(most).map { SafeText.cut($0, to: 120) } + more).joined(separator: ", ")
    }

    /// Beyond this many of a part, each is only named: but named it is, or it would count as told and be unknown.
    static let most = 40

    static let promise = "TEXT is your reason; it is kept. Every verdict explained: curfew explain NAME"

    var text: String {
        var blocks = [opening]
        for part in parts {
            var lines = ["\(part.heading.uppercased()) (\(part.items.count))", part.note]
            for item in part.items.prefix(Self.most) {
                lines.append("")
                lines.append("  \(SafeText.line(item.name))  (\(SafeText.line(about(item))))")
                for line in self.lines(item) {
                    let label = line.label + String(repeating: " ", count: max(1, 11 - line.label.count))
                    lines.append("    \(label)\(SafeText.line(line.text))")
                }
            }
            if part.items.count > Self.most {
                lines += ["", "  and, with the same commands:"]
                lines += part.items.dropFirst(Self.most).map {
                    "  \(SafeText.line($0.name))  \(SafeText.line(brief($0)))"
                }
            }
            blocks.append(lines.joined(separator: "\n"))
        }
        if later > 0 { blocks.append("There is more to say, of \(later): the next night goes on. Now: curfew stale") }
        blocks.append(Self.promise)
        return blocks.joined(separator: "\n\n") + "\n"
    }
}
