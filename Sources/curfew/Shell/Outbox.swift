import Core
import Foundation
import Ledger
import Operations
import Reports
import Settings

extension Session {
    /// Whom messages reach, as the settings file says.
    var addressBook: AddressBook {
        let settings = found.settings
        return AddressBook(
            people: settings.people.map { person in
                AddressBook.Entry(
                    name: person.name,
                    owns: Set(([person.name] + person.addresses + person.logins).map { OwnerName($0) }),
                    addresses: person.addresses,
                    groups: Set(person.groups),
                    logins: Set(person.logins)
                )
            },
            routes: settings.notices.routes.map { AddressBook.Route(owner: $0.owner, to: $0.to) },
            domains: Set(settings.mail?.domains ?? []),
            fallback: settings.owners.fallback,
            platform: settings.notices.platform
        )
    }

    /// Every way out, made once for a command.
    func couriers() -> Couriers {
        let secrets = shell.secrets(found.settings)
        return Couriers(
            mail: found.settings.mail.map { $0.placed(beside: found.file) },
            channels: found.settings.channels,
            secret: { reference in
                do throws(Problem) { return try await secrets.secret(reference) } catch {
                    // It becomes a part of one line.
                    throw SecretMissing(description: error.line)
                }
            },
            masking: { secrets.masked($0) },
            ses: SESAccess(variables: shell.variables, endpoint: found.settings.awsEndpoint?.url)
        )
    }

    /// The first SIGTERM or SIGINT from now on ends the sending after the message under way.
    func dispatch(_ stop: StopRequest) -> Dispatch { Dispatch(wiring, courier: couriers(), locks: ledger, stop: stop) }

    /// What was sent, as the exit status; what keeps everything from being sent is said on standard error, too.
    func status(of outcome: Dispatch.Outcome) -> ExitStatus {
        for reason in Set(outcome.misconfigured).sorted() { shell.say("curfew: nothing can be sent: \(reason)") }
        if let stopped = outcome.stopped {
            shell.say("curfew: \(stopped): \(outcome.untried) not tried; see: curfew messages list --queued")
        }
        return outcome.kinds.reduce(.done) { $0.and(ExitStatus($1)) }
    }

    func notify(through dispatch: Dispatch) throws(Problem) -> Notify {
        let zone = try reportZone
        let templates = try weeklyTemplates()
        let channels = found.settings.channels
        return Notify(
            wiring,
            book: addressBook,
            dispatch: dispatch,
            isSetUp: found.settings.mail != nil || !found.settings.channels.isEmpty,
            compose: { content in
                var isBounded = true
                if case .channel(let name) = content.recipient, case .command = channels[name] { isBounded = false }
                return NoticeText.letter(content, zone: zone, templates: templates, isBounded: isBounded)
            }
        )
    }

    func nightly(_ stop: StopRequest) throws(Problem) -> Nightly {
        Nightly(
            wiring,
            scan: scan,
            notify: try notify(through: dispatch(stop)),
            holder: shell.process,
            within: found.settings.night.within,
            stop: stop,
            sleep: { try await Task.sleep(for: $0) }
        )
    }

    /// In which days and times are said to people who read messages.
    var reportZone: TimeZone {
        get throws(Problem) {
            let name = found.settings.report.zone
            guard let zone = TimeZone(identifier: name) else {
                throw Problem(
                    .configuration,
                    "\(found.file): the report's zone \"\(name)\" is not known",
                    advice: "write one such as Europe/Berlin or UTC"
                )
            }
            return zone
        }
    }
}

private struct SecretMissing: Error, CustomStringConvertible {
    let description: String
}

extension MailSettings {
    /// Files and folders are relative to the settings file.
    fileprivate func placed(beside file: String) -> MailSettings {
        var placed = self
        func absolute(_ path: String) -> String {
            URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: file).deletingLastPathComponent()).path
        }
        switch transport {
        case .drop(let folder): placed.transport = .drop(folder: absolute(folder))
        case .smtp(var smtp):
            smtp.authorities = smtp.authorities.map(absolute)
            placed.transport = .smtp(smtp)
        case .sendmail, .ses: break
        }
        return placed
    }
}
