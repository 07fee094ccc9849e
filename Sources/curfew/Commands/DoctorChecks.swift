import Core
import Foundation
import Hosts
import Ledger
import Operations
import Settings

/// What `doctor` looks at beside the database and AWS: everything that the settings lead to.
struct DoctorChecks: Sendable {
    let session: Session

    private var settings: Settings { session.found.settings }

    /// The secret is fetched as it will be, and its value goes nowhere.
    func secret(_ key: String, _ reference: SecretReference) async throws(Problem) -> String {
        let secret = try await session.secrets.secret(reference)
        guard key.hasPrefix("channels.") || key == "night.ping" else { return "\(reference) is there" }
        guard let url = URLComponents(string: secret), let host = url.host, !host.isEmpty,
            url.scheme == "https" || (url.scheme == "http" && (key == "night.ping" || isLoopback(host)))
        else {
            throw Problem(
                .configuration,
                "\(reference) is there, and is no \(key == "night.ping" ? "http or https" : "https") address",
                advice: "put the whole address there, with https://"
            )
        }
        // The host alone: whoever knows the rest may write there.
        return "\(reference) is there, an address at \(host)"
    }

    private func isLoopback(_ host: String) -> Bool { ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host) }

    /// Programs and folders that the settings name, by setting.
    var places: [(key: String, check: @Sendable () throws(Problem) -> String)] {
        var places: [(key: String, check: @Sendable () throws(Problem) -> String)] = []
        let found = session.found
        for (name, channel) in settings.channels.sorted(by: { $0.key < $1.key }) {
            guard case .command(let words) = channel, let program = words.first else { continue }
            places.append(("channels.\(name)", { () throws(Problem) in try Self.program(program) }))
        }
        switch settings.mail?.transport {
        case .sendmail(let path): places.append(("mail.sendmail", { () throws(Problem) in try Self.program(path) }))
        case .drop(let folder):
            places.append(("mail.drop", { () throws(Problem) in try Self.folder(found.path(folder), written: true) }))
        case .smtp, .ses, nil: break
        }
        if let metrics = settings.night.metrics {
            let folder = URL(fileURLWithPath: found.path(metrics)).deletingLastPathComponent().path
            places.append(("night.metrics", { () throws(Problem) in try Self.folder(folder, written: true) }))
        }
        if let templates = settings.report.templates {
            let folder = found.path(templates)
            places.append(("report.templates", { () throws(Problem) in try Self.folder(folder, written: false) }))
        }
        return places
    }

    private static func program(_ path: String) throws(Problem) -> String {
        guard path.hasPrefix("/") else { return "\(path), wherever the search path has it" }
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Problem(.configuration, "there is no program \(path)", advice: "install it, or correct the setting")
        }
        return path
    }

    private static func folder(_ path: String, written: Bool) throws(Problem) -> String {
        // Through a link, as a mounted folder often is.
        let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let kind = (try? FileManager.default.attributesOfItem(atPath: resolved))?[.type] as? FileAttributeType
        guard kind == .typeDirectory else {
            throw Problem(.configuration, "there is no folder \(path)", advice: "make it, or correct the setting")
        }
        guard unsafe access(path, written ? W_OK | X_OK : R_OK | X_OK) == 0 else {
            throw Problem(
                .configuration,
                "the folder \(path) may not be \(written ? "written" : "read")",
                advice: "give the user that runs curfew the right"
            )
        }
        return path
    }

    /// The same, as far as it can be tried without sending anything: connected, encrypted, logged in.
    func mailReached() async throws(Problem) -> DoctorWord {
        let text = try mail()
        switch await session.couriers().check() {
        case nil where settings.channels.isEmpty: return .warning("\(text), and no channel: nobody is told of anything")
        case nil: return .ok(text)
        case .accepted(let words): return .ok("\(text): \(words)")
        case .deferred(let why), .misconfigured(let why), .refused(let why), .uncertain(let why):
            throw Problem(.unavailable, "\(text): \(why)", advice: "until then messages wait: curfew messages")
        }
    }

    /// Read as a scan would, with nothing written down.
    func repository(_ repository: Repository) async throws(Problem) -> DoctorWord {
        switch await session.gitHosts.check(repository, now: session.wiring.clock()) {
        case .failure(let failure):
            throw Problem(.unavailable, failure.summary, advice: failure.advice)
        case .success(let words):
            // Unknown in every verdict that asks for its branches is more than what is merely slow to be found.
            return words.contains("by now") || words.contains("without a token") ? .warning(words) : .ok(words)
        }
    }

    /// Whether the nightly job runs, once it ever ran.
    func night() async throws(Problem) -> DoctorWord {
        try await session.shell.reporting {
            guard try await session.ledger.firstNight() != nil else {
                return .warning("no night was ever run: let a timer run curfew nightly, see Deploy/README.md")
            }
            guard let good = try await session.ledger.lastGoodNight(), let ended = good.endedAt else {
                throw Problem(.undone, "no night ever did everything", advice: "see what one leaves: curfew nightly")
            }
            let now = session.wiring.clock()
            guard now.passed(since: good.startedAt) <= settings.night.every else {
                throw Problem(
                    .undone,
                    "the last night that did everything ended \(session.shell.moment(ended))",
                    advice: "run it and read what it says: curfew nightly"
                )
            }
            return .ok("the last one that did everything ended \(session.shell.moment(ended))")
        }
    }

    /// Where mail would leave, or that none does.
    func mail() throws(Problem) -> String {
        guard let mail = settings.mail else {
            let recipients = settings.notices.platform + settings.notices.routes.flatMap(\.to)
            let addresses = recipients.contains { if case .address = $0 { true } else { false } }
            guard !addresses else {
                throw Problem(
                    .configuration,
                    "`notices` names addresses, and nothing is mailed: there is no `mail`",
                    advice:
                        "say how mail leaves, for example mail: { from: a@example.com, sendmail: /usr/sbin/sendmail }"
                )
            }
            return "nothing is mailed: there is no `mail` in the settings"
        }
        return switch mail.transport {
        case .smtp(let smtp): "from \(mail.from) over \(smtp.host):\(smtp.port), security \(smtp.security.rawValue)"
        case .sendmail(let path): "from \(mail.from) with \(path)"
        case .ses(let region, _): "from \(mail.from) over SES in \(region)"
        case .drop(let folder): "from \(mail.from) into the folder \(folder); nothing leaves this machine"
        }
    }
}

extension TriedRights {
    /// What `doctor` says of them; throws where something that is needed is denied.
    func said() throws(Problem) -> DoctorWord {
        let needed = denied.filter(\.isNeeded)
        guard needed.isEmpty else {
            throw Problem(
                .configuration,
                needed.map { "\($0.action) is denied: \($0.without)" }.joined(separator: "; "),
                advice: "allow the role \(denied.map(\.action).joined(separator: ", "))"
            )
        }
        let unknown = rights.filter { if case .unknown = $0.outcome { true } else { false } }
        var text =
            "\(rights.count - denied.count - unknown.count) reading calls tried and allowed; deleting is never tried"
        if !denied.isEmpty {
            text +=
                "; denied, and only forecasts are weaker for it: "
                + denied.map { "\($0.action) (\($0.without))" }.joined(separator: ", ")
        }
        if !unknown.isEmpty { text += "; not known: \(unknown.map(\.action).joined(separator: ", "))" }
        return denied.isEmpty && unknown.isEmpty ? .ok(text) : .warning(text)
    }
}
