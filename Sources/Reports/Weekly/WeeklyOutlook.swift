import Core
import Foundation

/// What will become of an environment, and when.
struct WeeklyOutlook {
    /// In two or three words, for a narrow column.
    let short: String
    /// A whole sentence without a period.
    let sentence: String
    let role: Style.Role?
    /// The lower, the sooner something happens.
    let rank: Int
    let at: Date
    /// A word of its owner's still keeps it.
    let canBeKept: Bool

    init(_ entry: WeeklyEntry, _ canvas: Canvas) {
        let record = entry.record
        let due = record.dueAt
        let state = record.openFinding
        var at = record.staleSince
        var (rank, canBeKept, role): (Int, Bool, Style.Role?) = (4, true, .warning)
        if state == .reaping {
            (short, sentence) = ("reaping", "It is being taken down now")
            (rank, canBeKept, role) = (0, false, .bad)
        } else if let partly = record.partlyReaped, state != .planned {
            short = "partly reaped"
            sentence =
                "Plan \(partly.plan) took down a part of it \(canvas.moment.age(since: partly.at)) and did not come "
                + "to its end; the rest needs a new plan and a new approval"
            (rank, canBeKept, role) = (1, false, .bad)
        } else if entry.isBlocked, let plan = entry.plan {
            short = "blocked"
            sentence =
                "It is due, but blocked: "
                + plan.blockers.sorted().map { "\($0.kind.rawValue): \($0.text)" }.joined(separator: "; ")
            (rank, role) = (3, .bad)
        } else if state == .planned {
            let plan = entry.plan.map { "plan \($0.id)" } ?? "a plan"
            let approved = entry.plan?.state == .approved
            short = approved ? "approved" : "planned"
            sentence =
                approved
                ? "It goes when the window opens: \(plan) is approved" : "It goes once \(plan) is approved"
            (rank, role) = (approved ? 0 : 2, .bad)
        } else if state == .held {
            let until = entry.finding?.heldUntil.map { " until \(canvas.time($0))" } ?? ""
            (short, sentence, rank) = ("held", "A plan for it was rejected, and it is left alone\(until)", 5)
        } else if entry.isStale, let held = entry.finding?.waits {
            (short, sentence) = ("not due yet", "It is not due yet: \(held)")
            (rank, at) = (4, due ?? at)
        } else if state == .due {
            (short, role, rank) = ("due", .bad, 3)
            sentence = "It may be planned any night, and goes once the plan is approved"
        } else if entry.isStale, let due, due > canvas.now {
            short = "due \(canvas.moment.age(since: due))"
            sentence = "It becomes due \(canvas.time(due)), and is then planned"
            (rank, at) = (4, due)
        } else if entry.isStale {
            short = state?.rawValue ?? "stale"
            sentence = "It is stale, and no date is set yet"
        } else {
            (short, sentence) = Self.kept(entry, canvas)
            (rank, canBeKept) = (9, false)
            role = entry.isUndecided ? .warning : .good
            at = record.verdict?.changesAt ?? .distantFuture
        }
        (self.rank, self.canBeKept, self.role, self.at) = (rank, canBeKept, role, at)
    }

    private static func kept(_ entry: WeeklyEntry, _ canvas: Canvas) -> (String, String) {
        let record = entry.record
        let verdict = record.verdict?.verdict ?? "not evaluated"
        // Past moments stay behind until the next evaluation, and say nothing to people.
        if let until = (record.protection ?? record.lease)?.until, until > canvas.now {
            return (verdict, "\(verdict) until \(canvas.time(until))")
        }
        if let changes = record.verdict?.changesAt, changes > canvas.now {
            return (verdict, "\(record.verdict?.reason ?? verdict); that changes \(canvas.time(changes))")
        }
        return (verdict, record.verdict?.reason ?? verdict)
    }
}

extension WeeklyEntry {
    /// `feat-x`, or `space/feat-x` where that name is in several spaces, as it is typed into a shell.
    func argument(_ book: WeeklyBook) -> String {
        let key = record.key
        guard book.ambiguousNames.contains(key.name) else { return Self.quoted(key.name.text) }
        return Self.quoted("\(key.space)/\(key.name)")
    }

    /// Names are harmless as they are; spaces are whatever the settings say.
    private static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "-_./@:".utf8.contains(byte)
        }
        return isPlain && !text.isEmpty ? text : "'\(text.replacing("'", with: "'\\''"))'"
    }
}
