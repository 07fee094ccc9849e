package import Core
import Foundation

/// `curfew history ENV`: why it is gone, or why it is not.
///
/// Newest life first, since that is the one people ask about; in each the answer first, then what happened in the order
/// in which it did.
package enum StoryText {
    ///
    /// `most`: of what happened in one life, the newest entries; how many are left out is said.
    package static func text(_ lives: [EnvironmentLife], most: Int = .max, on canvas: Canvas) -> String {
        var page = Page(canvas)
        for (index, life) in lives.enumerated() {
            if index > 0 { page.blank() }
            write(life, most: most, &page)
        }
        if lives.isEmpty { page.line("No history yet.") }
        return page.text
    }

    private static func write(_ life: EnvironmentLife, most: Int, _ page: inout Page) {
        let canvas = page.canvas
        let record = life.environment
        page.line(
            Span(record.key.name.text, .bold),
            Span("  space \(canvas.space(record.key.space)), life \(record.key.incarnation): \(end(of: life, canvas))")
        )
        answer(life, &page)
        page.heading("What happened")
        let left = life.entries.count - most
        if left > 0 {
            let entries = left == 1 ? "1 earlier entry is" : "\(left) earlier entries are"
            page.line(
                Span("\(entries) left out: curfew history \(record.key.name) --limit \(life.entries.count)", .dim),
                indent: 2
            )
        }
        var table = Table([
            .init("when", shrinks: false), .init("who", maximum: 24), .init("what", shrinks: false),
        ])
        let course = LifeCourse(life: life, canvas: canvas)
        for entry in life.entries.suffix(most) {
            for (number, line) in course.lines(of: entry).enumerated() {
                table.add(
                    Span(number == 0 ? canvas.moment.plain(entry.at) : ""),
                    Span(number == 0 ? entry.actor : ""),
                    line
                )
            }
        }
        page.table(table, indent: 2)
    }

    /// One sentence: how it stands with this life.
    private static func end(of life: EnvironmentLife, _ canvas: Canvas) -> String {
        let record = life.environment
        guard let ended = record.endedAt else {
            return record.findingState.map { "there, \($0)" } ?? "there"
        }
        let reaped = life.components.filter { $0.goneBecause == "reaped" }.count
        let how: String
        if reaped > 0, reaped == life.components.count {
            how = "torn down\(life.endingPlan.map { " by \($0.id)" } ?? "")"
        } else if reaped > 0 {
            how = "torn down in part\(life.endingPlan.map { " by \($0.id)" } ?? ""); the rest went otherwise"
        } else if life.components.contains(where: { $0.goneBecause == "unverifiable" }) {
            how = "ended: its account or region is not read any more"
        } else if life.components.isEmpty {
            // What went stays with it; what left it is another's by now.
            how = "ended: its stacks belong to another name or space by now"
        } else {
            how = "deleted by somebody else"
        }
        return "\(how), \(canvas.time(ended))"
    }

    private static func answer(_ life: EnvironmentLife, _ page: inout Page) {
        let canvas = page.canvas
        let record = life.environment
        let facts = LifeFacts(life: life)
        if record.ownerConflict {
            page.field("owner", "several: \(record.ownerDetail)")
        } else {
            let detail = record.ownerDetail.isEmpty ? record.ownerSource : record.ownerDetail
            page.field("owner", "\(record.owner ?? "nobody")\(record.owner == nil ? "" : " (\(detail))")")
        }
        page.field(
            "made",
            "\(canvas.moment.plain(record.oldest)), the oldest stack; found \(canvas.moment.plain(record.beganAt))"
        )
        for place in Set(life.components.map(\.target)).sorted() {
            let names = life.components.filter { $0.target == place }.map(\.name).sorted().joined(separator: ", ")
            page.field("stacks", "\(canvas.place(place)): \(names)")
        }
        why(facts, &page)
        if !facts.sightings.isEmpty {
            page.field(
                "seen stale",
                "\(facts.sightings.count == 1 ? "once" : "\(facts.sightings.count) times"), on complete readings"
            )
        }
        for told in facts.told where ["warned", "reminded", "due"].contains(told.notice) {
            let reason = told.reason.map { $0.isEmpty ? "" : " (\($0))" } ?? ""
            page.field(
                told.notice,
                "\(told.recipient), \(canvas.moment.plain(told.at)): \(told.outcome)\(reason)"
            )
        }
        for entry in life.entries where Self.said.contains(entry.event) {
            let details = StoredJSON(entry.details)
            let owner = details["owner"].map { " for \($0)" } ?? ""
            let until = canvas.moment(in: details, "until").map { " until \($0)" } ?? ""
            let because = details["because"].map { ": \($0)" } ?? ""
            page.field(entry.event, "by \(entry.actor), \(canvas.moment.plain(entry.at))\(owner)\(until)\(because)")
        }
        for plan in life.plans { write(plan, of: life, &page) }
        for left in life.leftovers {
            let gone = left.goneAt.map { "gone \(canvas.moment.plain($0))" } ?? "still there"
            page.field(
                "left",
                "\(left.leftover.type) \(left.leftover.identifier) (\(left.leftover.reason.rawValue)), \(gone)"
            )
        }
    }

    /// What people said about it.
    private static let said = ["extended", "protected", "unprotected", "claimed", "released"]

    private static func why(_ facts: LifeFacts, _ page: inout Page) {
        guard let decisive = facts.decisive else {
            // Before grounds were written down, only the newest verdict was kept.
            guard let verdict = facts.life.environment.verdict else { return }
            page.field("why", "\(verdict.verdict): \(verdict.reason)")
            page.field("policy", "\(verdict.policy ?? "none"), revision \(verdict.revision)")
            return
        }
        let grounds = decisive.grounds
        let kind =
            grounds.verdictClass.map { $0 == .stale ? "" : "\($0.rawValue): " } ?? "\(grounds.verdict.rawValue): "
        page.field("why", Span(kind + grounds.reason, .bold))
        page.field("policy", "\(grounds.policy ?? "none"), revision \(grounds.revision)")
        for clause in grounds.clauses {
            page.field("clause", "\(clause.clause) is \(clause.truth.rawValue): \(clause.saw)")
        }
    }

    private static func write(_ plan: PlanRecord, of life: EnvironmentLife, _ page: inout Page) {
        let canvas = page.canvas
        let end = plan.endedBecause.map { " (\($0))" } ?? ""
        page.field(
            "plan",
            "\(plan.id), digest \(plan.digest.short), made \(canvas.moment.plain(plan.madeAt)) by \(plan.madeBy): \(plan.state.rawValue)\(end)"
        )
        for approval in plan.approvals {
            page.field(
                approval.decision,
                "by \(approval.by) \(canvas.moment.plain(approval.at))\(approval.selfApproved ? ", self-approved" : "")\(approval.because.map { ": \($0)" } ?? "")"
            )
        }
        if plan.terms.automatic { page.field("approved", "by the policy itself (`approval: automatic`)") }
        for step in life.steps(of: plan) where step.intendedAt != nil {
            let asked = step.requestedAt.map { "asked \(canvas.moment.plain($0))" } ?? "asked for at most"
            let ended =
                step.endedAt.map { ", \(step.state.rawValue) \(canvas.moment.plain($0))" } ?? ", \(step.state.rawValue)"
            page.field(
                "call",
                "\(step.step.action.kind.rawValue) \(step.step.action.subject ?? life.name(of: step.step.component)), \(asked)\(ended)\(step.reason.map { " (\($0))" } ?? "")"
            )
        }
    }
}
