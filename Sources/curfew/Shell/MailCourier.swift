import Core
import Curl
import Foundation
import Mail
import Settings

/// Letters as mail, by the transport of the settings.
struct MailCourier: Sendable {
    private let settings: MailSettings
    private let transport: Transport

    private enum Transport: Sendable {
        case smtp(SMTPRelay)
        case sendmail(SendmailTransport)
        case ses(SESTransport)
        case drop(MailDrop)
    }

    init(
        _ settings: MailSettings,
        secret: @escaping Couriers.Secrets,
        masking: @escaping Masking,
        ses: SESAccess,
        limits: SMTPLimits
    ) {
        self.settings = settings
        transport =
            switch settings.transport {
            case .smtp(let smtp): .smtp(SMTPRelay(limits: limits) { try await smtp.server(secret) })
            case .sendmail(let path): .sendmail(SendmailTransport(path: path, masking: masking))
            case .ses(let region, let profile): .ses(SESTransport(ses, region: region, profile: profile))
            case .drop(let folder): .drop(MailDrop(folder: folder))
            }
    }

    func send(_ letter: Letter, to address: String) async -> SendOutcome {
        let message: MailMessage
        do throws(MailProblem) { message = try self.message(letter, to: address) } catch { return SendOutcome(error) }
        return switch transport {
        case .smtp(let relay): await relay.send(message)
        case .sendmail(let sendmail): await sendmail.send(message)
        case .ses(let ses): await ses.send(message)
        case .drop(let drop): await drop.send(message)
        }
    }

    func check() async -> SendOutcome {
        switch transport {
        case .smtp(let relay): return await relay.check()
        case .sendmail(let sendmail): return sendmail.check()
        case .ses(let ses): return await ses.check()
        case .drop(let drop): return drop.check()
        }
    }

    private func message(_ letter: Letter, to address: String) throws(MailProblem) -> MailMessage {
        let from = try MailAddress(settings.from, part: "From")
        var replyTo: MailAddress?
        if let text = settings.replyTo { replyTo = try MailAddress(text, part: "Reply-To") }
        return MailMessage(
            from: from,
            to: try MailAddress(name: nil, address: address, part: "To"),
            replyTo: replyTo,
            subject: letter.subject,
            date: letter.date,
            text: letter.text,
            html: letter.html,
            attachments: letter.attachments.map {
                MailMessage.Attachment(name: $0.name, mediaType: $0.mediaType, bytes: Array($0.text.utf8))
            },
            id: letter.id.text,
            listID: "\(letter.list).curfew.\(from.domain)",
            unsubscribe: settings.unsubscribe
        )
    }
}

extension MailSettings.SMTP {
    fileprivate func server(_ secret: Couriers.Secrets) async throws -> SMTPServer {
        var login: SMTPServer.Login?
        if let user {
            var known = ""
            if let password { known = try await secret(password) }
            login = SMTPServer.Login(user: user, password: known)
        }
        let security: SMTPServer.Security =
            switch self.security {
            case .starttls: .starttls
            case .tls: .tls
            case .none: .none
            }
        return SMTPServer(host: host, port: port, security: security, login: login, authorities: authorities)
    }
}
