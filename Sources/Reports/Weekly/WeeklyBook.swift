import Core
import Foundation

/// The records of a week, looked through once, so that an edition for each of many owners costs no more than its rows.
package struct WeeklyBook: Sendable {
    let records: WeeklyRecords
    let canvas: Canvas
    let everything: WeeklySelection
    private let byOwner: [String: WeeklySelection]
    /// Names that are an environment in several spaces: a command has to say which.
    let ambiguousNames: Set<EnvironmentName>
    let history: WeeklyHistory

    package init(_ records: WeeklyRecords) {
        self.records = records
        canvas = Canvas(now: records.now, zone: records.zone, accountNames: records.accountNames)
        history = WeeklyHistory(records)
        let plans = records.plans.filter { $0.endedAt.map(records.covers) ?? true }
        var openPlans: [EnvironmentKey: PlanRecord] = [:]
        for plan in plans where plan.state.isOpen {
            for key in plan.keys { openPlans[key] = plan }
        }
        let ended = records.ended.filter { records.covers($0.at) }
        everything = WeeklySelection(
            environments: records.environments.map { WeeklyEntry($0, plan: openPlans[$0.key]) },
            plans: plans,
            ended: ended,
            leftovers: records.leftovers.filter { $0.goneAt == nil }
        )
        byOwner = Self.divided(everything)
        ambiguousNames = Set(Dictionary(grouping: records.environments, by: \.key.name).filter { $1.count > 1 }.keys)
    }

    /// Everybody who has, or had this week, anything at all.
    package var owners: [String] { byOwner.keys.sorted() }

    func selection(of reader: WeeklyReader) -> WeeklySelection {
        let parts = reader.owners.sorted().compactMap { byOwner[$0] }
        guard parts.count > 1 else { return parts.first ?? WeeklySelection() }
        var whole = WeeklySelection()
        var plans: Set<PlanID> = []
        for part in parts {
            whole.environments += part.environments
            whole.ended += part.ended
            whole.leftovers += part.leftovers
            // A plan of two environments can be in both parts.
            whole.plans += part.plans.filter { plans.insert($0.id).inserted }
        }
        return whole
    }

    private static func divided(_ all: WeeklySelection) -> [String: WeeklySelection] {
        var parts: [String: WeeklySelection] = [:]
        var owners: [EnvironmentKey: String] = [:]
        for entry in all.environments {
            guard let owner = entry.record.owner else { continue }
            owners[entry.record.key] = owner
            parts[owner, default: WeeklySelection()].environments.append(entry)
        }
        for ended in all.ended {
            guard let owner = owners[ended.environment] ?? ended.owner else { continue }
            owners[ended.environment] = owner
            parts[owner, default: WeeklySelection()].ended.append(ended)
        }
        for plan in all.plans {
            for owner in Set(plan.keys.compactMap { owners[$0] }) {
                parts[owner, default: WeeklySelection()].plans.append(plan)
            }
        }
        for leftover in all.leftovers {
            guard let owner = leftover.leftover.owner else { continue }
            parts[owner, default: WeeklySelection()].leftovers.append(leftover)
        }
        return parts
    }
}

/// What one edition tells of: everything, or one owner's part.
struct WeeklySelection: Sendable {
    var environments: [WeeklyEntry] = []
    /// The open ones, and those that ended in the week.
    var plans: [PlanRecord] = []
    /// In the week.
    var ended: [EndedTeardown] = []
    /// Not known to be gone.
    var leftovers: [LeftoverRecord] = []

    var features: [WeeklyEntry] { environments.filter { $0.record.kind == .feature } }
}

/// An environment with what was read out of its records once.
struct WeeklyEntry: Sendable {
    let record: EnvironmentRecord
    let finding: Finding?
    /// The open plan for it.
    let plan: PlanRecord?

    init(_ record: EnvironmentRecord, plan: PlanRecord?) {
        self.record = record
        self.plan = plan
        // Cleared ones say nothing about what comes next, and decoding is the dearest part of a report.
        finding = record.openFinding == nil ? nil : record.storedFinding
    }

    var name: String { record.key.name.text }
    var isStale: Bool { record.isStale }
    var isBlocked: Bool { plan.map { $0.state == .draft && !$0.blockers.isEmpty } ?? false }
    var reason: String? { finding?.reason ?? record.verdict?.reason }

    var owner: String { record.ownerConflict ? "several owners" : record.owner ?? "nobody's" }

    /// Kept, leased or protected.
    var isKept: Bool {
        [Verdict.keep, .leased, .protected].contains { $0.rawValue == record.verdict?.verdict }
    }

    var isUndecided: Bool { record.verdict.map { $0.verdict == Verdict.undecided.rawValue } ?? true }
}

extension PlanRecord {
    var keys: [EnvironmentKey] { document.environments.map(\.key) }
}
