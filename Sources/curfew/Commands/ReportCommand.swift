import ArgumentParser
import Core
import Foundation
import Ledger
import Operations
import Reports
import Settings

struct ReportCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "The stale report: the numbers first, then everything; for the platform or for one owner.",
        discussion: """
            Examples:
              curfew report
              curfew report --week --html week.html --csv week.csv
              curfew report --owner anna@example.com
              curfew report --week --send         everybody's edition, once for each week and recipient
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "As the weekly mail: of the last whole week, and its plain part with the first rows of each list.")
    var week = false
    @Flag(help: "Print the mail's plain part, also where files are written.") var text = false
    @Option(help: ArgumentHelp("Write the mail's HTML part.", valueName: "file")) var html: String?
    @Option(help: ArgumentHelp("Write every line of it as CSV, as the mail attaches it.", valueName: "file"))
    var csv: String?
    @Option(help: ArgumentHelp("The edition of one owner or person.", valueName: "name")) var owner: String?
    @Option(
        help: ArgumentHelp(
            "The edition that this address gets; with --send, sent to nobody else.",
            valueName: "address"
        )
    )
    var to: String?
    @Flag(help: "Send the week's mail; nobody gets that of one week twice.") var send = false

    @Option(
        help: ArgumentHelp("Write the program's own templates, to begin a changed one with.", valueName: "folder")
    ) var writeTemplates: String?

    func validate() throws {
        if send, !week { throw ValidationError("--send sends the week's mail: say --week --send") }
        if send, owner != nil || html != nil || csv != nil || text {
            throw ValidationError("--send sends; look at an edition without it")
        }
        if owner != nil, to != nil { throw ValidationError("--owner and --to both choose the edition; give one") }
    }

    func perform(_ shell: Shell) async throws -> ExitStatus {
        if let writeTemplates { return try write(templatesInto: writeTemplates, shell) }
        if send { return try await shell.session(common) { try await sendWeek($0) } }
        return try await shell.session(common) { session in
            let book = try await session.weeklyBook(week ? .lastWeek : .lastDays)
            let report = book.report(try edition(session, book))
            if let html {
                try shell.write(try report.printed(session.weeklyTemplates()), toFile: html)
                shell.say("wrote \(html)")
            }
            if let csv {
                try shell.write(report.csv(), toFile: csv)
                shell.say("wrote \(csv)")
            }
            if output.json {
                shell.print(JSONText.render(ReportJSON(report)))
            } else if text || week && html == nil && csv == nil {
                shell.print(report.mailText())
            } else if html == nil, csv == nil {
                let canvas = session.canvas
                shell.print(report.text(style: canvas.style, width: canvas.width, unicode: canvas.unicode))
            }
            return .done
        }
    }

    private func sendWeek(_ session: Session) async throws -> ExitStatus {
        let (drafts, quiet) = try await session.weeklyDrafts(only: to.map(Recipient.address))
        guard !drafts.isEmpty || quiet > 0 else {
            throw Problem(
                .configuration,
                to.map { "\($0) is on nobody's list" } ?? "there is nobody to send the week's mail to",
                advice: "see `notices.platform`, `people` and `mail` in the settings: curfew doctor"
            )
        }
        let stop = Interruption.asRequests()
        let outcome = try await session.dispatch(stop).sendWeekly(until: nil, queueing: { _ in drafts })
        session.shell.print(output.json ? JSONText.render(DispatchJSON(outcome)) : DispatchJSON(outcome).text)
        if quiet > 0 { session.shell.say("\(quiet) without news \(quiet == 1 ? "gets" : "get") no mail") }
        return session.status(of: outcome)
    }

    /// Never over a file that is there: it may be somebody's work.
    private func write(templatesInto folder: String, _ shell: Shell) throws(Problem) -> ExitStatus {
        let files = WeeklyTemplates.own.map { (file: "\(folder)/\($0.key).mustache", text: $0.value) }
        if let there = files.map(\.file).sorted().first(where: { FileManager.default.fileExists(atPath: $0) }) {
            throw Problem(.usage, "\(there) is there already", advice: "name an empty folder")
        }
        do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
            throw Problem(.configuration, "the folder \(folder) cannot be made", advice: "check its name and rights")
        }
        for (file, text) in files.sorted(by: { $0.file < $1.file }) { try shell.write(text, toFile: file) }
        shell.say("wrote \(files.count) templates into \(folder); report.templates names the folder with changed ones")
        return .done
    }

    private func edition(_ session: Session, _ book: WeeklyBook) throws(Problem) -> WeeklyReport.Edition {
        guard let name = owner ?? to else { return .platform }
        if let to, session.found.settings.notices.platform.contains(.address(to)) { return .platform }
        let wanted = OwnerName(name).text
        let readers = session.weeklyReaders
        if let reader = (readers + book.readers(readers)).first(where: { $0.name == name || $0.owners.contains(wanted) }
        ) {
            return .owner(reader)
        }
        throw Problem(.usage, "nobody called \(name) owns anything", advice: "see who does: curfew list --sort owner")
    }
}

extension WeeklyReport {
    fileprivate func printed(_ templates: WeeklyTemplates) throws(Problem) -> String {
        do { return try html(templates) } catch { throw Problem(error) }
    }
}

/// `curfew report --json`: the numbers of the first screen.
struct ReportJSON: Encodable {
    /// The whole week that it is of, with `--week`; null for the seven days that end now.
    @OrNull var week: String?
    let since: Date
    let environments: Int
    let stale: Int
    let due: Int
    let planned: Int
    let blocked: Int
    let kept: Int
    let undecided: Int
    let reaped: Int
    let failed: Int
    let partlyReaped: Int
    let forecastErrors: Int
    let leftovers: Int
    let unowned: Int
    let ambiguous: Int
    let unmatched: Int
    let undelivered: Int
    let targets: Int
    let targetsNotRead: Int
    @OrNull var lastComplete: Date?
    /// Nil where nobody writes down nights.
    @OrNull var missingNights: Int?
    let weeks: [Week]
    @OrNull var seal: Seal?
    /// What a reader must know before believing the numbers, in sentences.
    let alarms: [String]

    /// A week of the trend; what no evaluation said is null.
    struct Week: Encodable {
        let week: String
        @OrNull var environments: Int?
        @OrNull var stale: Int?
        let reaped: Int
    }

    struct Seal: Encodable {
        let number: Int64
        let digest: String
        let at: Date
    }

    init(_ report: WeeklyReport) {
        let numbers = report.numbers
        week = report.periodKind == .lastWeek ? report.week.description : nil
        since = report.since
        environments = numbers.environments
        stale = numbers.stale
        due = numbers.due
        planned = numbers.planned
        blocked = numbers.blocked
        kept = numbers.kept
        undecided = numbers.undecided
        reaped = numbers.reaped
        failed = numbers.failed
        partlyReaped = numbers.partlyReaped
        forecastErrors = numbers.forecastErrors
        leftovers = numbers.leftovers
        unowned = numbers.unowned
        ambiguous = numbers.ambiguous
        unmatched = numbers.unmatched
        undelivered = numbers.undelivered
        targets = numbers.targets
        targetsNotRead = numbers.targetsNotRead
        lastComplete = numbers.lastComplete
        missingNights = numbers.missingNights
        weeks = report.trend.map {
            Week(
                week: $0.week.description,
                environments: $0.count?.features,
                stale: $0.count?.stale,
                reaped: $0.reaped
            )
        }
        seal = report.sealHead.map { Seal(number: $0.number, digest: "\($0.digest)", at: $0.at) }
        alarms = report.alarms
    }
}
