package import Core
package import Foundation

/// How the inventory stands, as numbers first and then as lists: for everybody, or for one owner.
///
/// A value; `text()` is for terminals and the plain part of a mail, `html()` for mail clients, `csv()` has all of it.
package struct WeeklyReport: Sendable {
    package enum Edition: Sendable, Hashable {
        /// Everything, for who runs the platform.
        case platform
        /// What is one owner's, what will become of it, and what keeps it.
        case owner(WeeklyReader)
    }

    package let edition: Edition
    package let periodKind: WeeklyPeriod
    /// The week that it is of: one that is over, or with `lastDays` the one that is not.
    package let week: ISOWeek
    /// The first moment that is reported on.
    package let since: Date
    package let moment: Moment
    package let numbers: WeeklyNumbers
    /// What a reader must know before believing the numbers: targets not read, nights that are missing.
    package let alarms: [String]
    /// The numbers of the first screen.
    package let figures: [Figure]
    /// When the numbers were that these are compared with.
    package let comparedWith: Date?
    /// How the environments are divided; adds up to all of them.
    package let shares: [Share]
    /// Empty where there is only one week.
    package let trend: [WeeklyTrend]
    /// Short statements beside the numbers: the last complete scan, the nights.
    package let facts: [Fact]
    package let sections: [Section]
    package let sealHead: SealHead?
    let selection: WeeklySelection
    /// Components that no rule understands; none in an owner's edition.
    let unmatched: [ComponentRecord]
    let canvas: Canvas
    /// It goes with a file that has every line.
    var isMailed = false

    init(_ book: WeeklyBook, _ edition: Edition) {
        self.edition = edition
        let records = book.records
        canvas = book.canvas
        moment = canvas.moment
        since = records.since
        week = records.week
        periodKind = records.period
        switch edition {
        case .platform:
            selection = book.everything
            var numbers = WeeklyNumbers(selection)
            numbers.add(records)
            self.numbers = numbers
            alarms = WeeklyAlarms(records: records, canvas: canvas).all.map(moment.localised)
            figures = Figure.platform(numbers, book.history)
            comparedWith = book.history.before?.at
            trend = book.history.weeks.count { $0.count != nil } > 1 ? book.history.weeks : []
            facts = Fact.platform(numbers, nights: records.nights, canvas) + Fact.cost(selection, canvas)
            sections = Self.localised(PlatformSections(book).all, moment)
            sealHead = records.sealHead
            unmatched = records.unmatched
        case .owner(let reader):
            selection = book.selection(of: reader)
            numbers = WeeklyNumbers(selection)
            alarms = WeeklyAlarms(records: records, canvas: canvas).of(selection).map(moment.localised)
            figures = Figure.owner(numbers)
            comparedWith = nil
            trend = []
            facts = Fact.owner(records, canvas) + Fact.cost(selection, canvas)
            sections = Self.localised(OwnerSections(selection, book).all, moment)
            sealHead = nil
            unmatched = []
        }
        shares = Share.all(numbers)
    }

    /// What they say is kept with times in UTC; one mail has one zone.
    private static func localised(_ sections: [Section], _ moment: Moment) -> [Section] {
        sections.map { section in
            var section = section
            section.groups = section.groups.map { group in
                var group = group
                group.rows = group.rows.map { row in
                    var row = row
                    (row.lead, row.detail) = (moment.localised(row.lead), moment.localised(row.detail))
                    return row
                }
                return group
            }
            return section
        }
    }

    /// One number of the first screen, and how it was a week ago.
    package struct Figure: Sendable, Hashable {
        package let number: Int
        package let word: String
        package let before: Int?
        package let role: Style.Role?

        /// `+4`, `−3`, `same`; empty where nothing is known to compare with.
        package var change: String {
            guard let before else { return "" }
            if number == before { return "same" }
            return number > before ? "+\(number - before)" : "−\(before - number)"
        }
    }

    package struct Share: Sendable, Hashable {
        package let number: Int
        package let word: String
        package let role: Style.Role
    }

    package struct Fact: Sendable, Hashable {
        package let text: String
        package let role: Style.Role?
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

        var hasBars: Bool { groups.contains { $0.rows.contains { $0.bar != nil } } }
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
        /// A whole sentence on what will happen; empty for none.
        package var lead = ""
        /// Stands under the first cell.
        package var detail: String
        package var role: Style.Role?
        /// How much of a bar is filled, from 0 to 100; nil for no bar.
        package var bar: Int?
        /// What the reader can type.
        package var commands: [Command] = []
    }

    package struct Command: Sendable, Hashable {
        /// What it is for, in a few words.
        package let purpose: String
        /// Each as it is typed into a shell.
        package let arguments: [String]

        package var text: String { arguments.joined(separator: " ") }
    }
}

extension WeeklyBook {
    package func report(_ edition: WeeklyReport.Edition = .platform) -> WeeklyReport { WeeklyReport(self, edition) }
}
