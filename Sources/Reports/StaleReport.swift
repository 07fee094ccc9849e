package import Core
package import Foundation

/// The stale report: how the inventory stands, as numbers first and then as lists.
///
/// A value; `text()` is for terminals and the plain part of a mail, `html()` for mail clients.
package struct StaleReport: Sendable {
    /// The numbers of the first screen.
    package let numbers: Numbers
    /// What a reader must know before believing the numbers: targets not read, no recent complete scan.
    package let alarms: [String]
    package let sections: [Section]
    package let moment: Moment
    package let since: Date

    /// Counts and sorts; reads no clock and no database.
    ///
    /// `environments` are those whose life is open, `classes` counts the components present, `unmatched` are those that no
    /// rule understands. `plans` are the open ones and those that ended since `since`, the beginning of the time that is
    /// reported on. `scan` is the newest finished one, nil when there was none. `lastComplete` is when a scan last read
    /// every target completely; nil takes the newest scan's end if it did. `forecastErrors` are the times since `since`
    /// that a teardown went otherwise than its plan had said. `leftovers` are those not
    /// known to be gone. `holds` are those of accounts in which many environments turned stale at once.
    package init(
        environments: [EnvironmentRecord],
        classes: [ComponentClass: Int],
        unmatched: [ComponentRecord] = [],
        plans: [PlanRecord],
        scan: ScanSummary?,
        lastComplete: Date? = nil,
        leftovers: [LeftoverRecord] = [],
        since: Date,
        now: Date,
        zone: TimeZone,
        accountNames: [AccountID: String] = [:],
        forecastErrors: Int = 0,
        holds: [AccountHold] = []
    ) {
        let canvas = Canvas(now: now, zone: zone, accountNames: accountNames)
        moment = canvas.moment
        self.since = since
        let recent = plans.filter { $0.endedAt.map { $0 >= since } ?? true }
        var numbers = Numbers(
            environments: environments,
            classes: classes,
            plans: recent,
            scan: scan,
            lastComplete: lastComplete
        )
        numbers.forecastErrors = forecastErrors
        self.numbers = numbers
        alarms = Self.alarms(numbers, scan: scan, canvas) + holds.map { Self.alarm($0, canvas) }
        sections =
            StaleSections(
                environments: environments,
                unmatched: unmatched,
                unmatchedCount: classes[.unmatched] ?? 0,
                plans: recent,
                leftovers: leftovers,
                canvas: canvas
            ).all
    }

    /// Environments, unless said otherwise.
    package struct Numbers: Sendable, Hashable {
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
        /// Taken down in the time that is reported on.
        package var reaped = 0
        package var partlyReaped = 0
        /// Teardowns that went otherwise than their plans had said.
        package var forecastErrors = 0
        package var unowned = 0
        package var ambiguous = 0
        /// Components (stacks) that no naming rule understands.
        package var unmatched = 0
        /// Targets whose newest reading was not complete, of `targets`.
        package var targetsNotRead = 0
        package var targets = 0
        package var lastComplete: Date?

        init(
            environments all: [EnvironmentRecord],
            classes: [ComponentClass: Int],
            plans: [PlanRecord],
            scan: ScanSummary?,
            lastComplete: Date?
        ) {
            let features = all.filter { $0.kind == .feature }
            environments = features.count
            permanent = all.count { $0.kind == .permanent }
            ambiguous = all.count { $0.kind == .ambiguous }
            stale = features.count(where: \.isStale)
            due = features.count { $0.openFinding == .due }
            planned = features.count { $0.openFinding == .planned || $0.openFinding == .reaping }
            blocked = Set(plans.filter { $0.state == .draft && !$0.blockers.isEmpty }.flatMap(\.keys)).count
            let keeping: Set<String> = [Verdict.keep.rawValue, Verdict.leased.rawValue, Verdict.protected.rawValue]
            kept = features.count { $0.verdict.map { keeping.contains($0.verdict) } ?? false }
            undecided = features.count { $0.verdict.map { $0.verdict == Verdict.undecided.rawValue } ?? true }
            reaped = Set(plans.filter { $0.state == .done }.flatMap(\.keys)).count
            partlyReaped = features.count { $0.partlyReaped != nil }
            unowned = features.count { $0.owner == nil }
            unmatched = classes[.unmatched] ?? 0
            targets = scan?.readings.count ?? 0
            targetsNotRead = scan?.readings.count { $0.outcome != "complete" } ?? 0
            self.lastComplete =
                lastComplete ?? scan.flatMap { $0.state == "complete" && $0.whole ? $0.finishedAt : nil }
        }
    }

    /// One list of the report.
    package struct Section: Sendable {
        package var title: String
        /// One sentence on what it means and what to do.
        package var note: String
        /// The first column names the row.
        package var columns: [String]
        package var groups: [Group]
        /// The command that shows all of it.
        package var command: String

        package var count: Int { groups.reduce(0) { $0 + $1.rows.count } }
    }

    package struct Group: Sendable {
        /// Such as an owner; nil for a list without groups.
        package var title: String?
        package var rows: [Row]
    }

    package struct Row: Sendable {
        /// As many as the section has columns.
        package var cells: [String]
        /// Stands under the first cell.
        package var detail: String
        package var role: Style.Role?
    }

    /// One sentence with the numbers that matter most: how many are stale, of how many, and how many are due.
    package var headline: String {
        let all = numbers.environments
        let due = numbers.due == 0 ? "." : "; \(numbers.due) \(numbers.due == 1 ? "is" : "are") due."
        if numbers.stale > 0 {
            return
                "\(numbers.stale) of \(Canvas.counted(all, "environment")) \(numbers.stale == 1 ? "is" : "are") stale\(due)"
        }
        switch all {
        case 0: return "No environments are known."
        case 1: return "The one environment is not stale."
        default: return "None of the \(all) environments is stale."
        }
    }

    /// For a mail's subject line; holds no name that a stranger chose.
    package var subject: String {
        "Curfew: \(numbers.stale) stale, \(numbers.due) due, \(numbers.reaped) reaped (\(moment.day(since)) to \(moment.day(moment.now)))"
    }

    private static func alarm(_ hold: AccountHold, _ canvas: Canvas) -> String {
        "Account \(canvas.account(hold.account)) is held since \(canvas.time(hold.since)), and nothing in it is planned: "
            + "\(hold.because). If that is right: curfew accounts accept \(hold.account) --because TEXT."
    }

    private static func alarms(_ numbers: Numbers, scan: ScanSummary?, _ canvas: Canvas) -> [String] {
        guard let scan else { return ["There was no scan yet, so nothing is known: run curfew scan."] }
        var alarms: [String] = []
        if let last = numbers.lastComplete {
            if canvas.now.passed(since: last) > .seconds(48 * 3_600) {
                alarms.append("The last complete scan was \(canvas.time(last)).")
            }
        } else {
            alarms.append("The newest scan, \(canvas.time(scan.startedAt)), was not complete.")
        }
        for reading in scan.readings.sorted(by: { $0.target < $1.target }) where reading.outcome != "complete" {
            alarms.append(
                "\(canvas.place(reading.target)) was not read completely, so nothing is concluded there: \(reading.failure ?? reading.outcome)"
            )
        }
        return alarms
    }
}

extension PlanRecord {
    var keys: [EnvironmentKey] { document.environments.map(\.key) }
}
