import Core
package import Foundation

/// The numbers of a report; environments, unless said otherwise.
package struct WeeklyNumbers: Sendable, Hashable {
    /// Features whose life is open: all that could ever be taken down.
    package var environments = 0
    package var permanent = 0
    /// Stale by the newest verdict; `due`, `planned` and `blocked` are among them.
    package var stale = 0
    package var due = 0
    /// In an open plan without blockers, or being taken down.
    package var planned = 0
    /// In a plan that something blocks.
    package var blocked = 0
    /// Kept, leased or protected.
    package var kept = 0
    package var undecided = 0
    /// Taken down in the week.
    package var reaped = 0
    /// Their teardown failed or was halted in the week.
    package var failed = 0
    package var partlyReaped = 0
    /// Teardowns that went otherwise than their plans had said.
    package var forecastErrors = 0
    package var unowned = 0
    package var ambiguous = 0
    /// Components (stacks) that no naming rule understands.
    package var unmatched = 0
    /// Things (not environments) that teardowns left behind.
    package var leftovers = 0
    /// Targets whose newest reading was not complete, of `targets`.
    package var targetsNotRead = 0
    package var targets = 0
    package var lastComplete: Date?
    /// Nil where nobody writes down nights.
    package var missingNights: Int?
    package var undelivered = 0

    init(_ selection: WeeklySelection) {
        let features = selection.features
        environments = features.count
        permanent = selection.environments.count { $0.record.kind == .permanent }
        ambiguous = selection.environments.count { $0.record.kind == .ambiguous }
        stale = features.count(where: \.isStale)
        due = features.count { $0.record.openFinding == .due }
        planned = features.count { $0.record.openFinding == .planned || $0.record.openFinding == .reaping }
        let drafts = selection.plans.filter { $0.state == .draft && !$0.blockers.isEmpty }
        blocked = Set(drafts.flatMap(\.keys)).count
        kept = features.count(where: \.isKept)
        undecided = features.count(where: \.isUndecided)
        reaped = Set(selection.plans.filter { $0.state == .done }.flatMap(\.keys)).count
        failed = Set(selection.plans.filter { $0.state == .failed || $0.state == .halted }.flatMap(\.keys)).count
        partlyReaped = features.count { $0.record.partlyReaped != nil }
        unowned = features.count { $0.record.owner == nil }
        leftovers = selection.leftovers.count
    }

    /// What only the whole has, and no owner's part.
    mutating func add(_ records: WeeklyRecords) {
        forecastErrors = records.forecastErrors.count
        unmatched = records.unmatched.count
        targets = records.scan?.readings.count ?? 0
        targetsNotRead = records.scan?.readings.count { $0.outcome != "complete" } ?? 0
        lastComplete = records.lastCompleteScan
        missingNights = records.nights.map { nights in nights.count { $0.outcome == .missing } }
        undelivered = records.undelivered.count
    }
}

extension WeeklyRecords {
    var lastCompleteScan: Date? {
        lastComplete ?? scan.flatMap { $0.state == "complete" && $0.whole ? $0.finishedAt : nil }
    }
}
