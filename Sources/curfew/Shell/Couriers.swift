import Core
import Curl
import Foundation
import Mail
import Settings

/// Every way a letter can leave: mail by the transport of the settings, webhooks, commands.
///
/// Made once for a process, so that a mail server's connection serves all letters. Secrets are fetched when they are
/// needed, and no outcome holds one.
struct Couriers: Courier {
    /// Fetches what a reference stands for; its errors are shown, so they hold no secret.
    typealias Secrets = @Sendable (SecretReference) async throws -> String

    private let mail: MailCourier?
    private let channels: [ChannelName: ChannelSettings]
    private let secret: Secrets
    /// Takes every secret that was fetched out of what others said.
    private let masking: Masking
    private let pool = HTTPPool(width: 4)

    init(
        mail: MailSettings?,
        channels: [ChannelName: ChannelSettings],
        secret: @escaping Secrets,
        masking: @escaping Masking = { $0 },
        ses: SESAccess,
        limits: SMTPLimits = SMTPLimits()
    ) {
        self.mail = mail.map { MailCourier($0, secret: secret, masking: masking, ses: ses, limits: limits) }
        self.channels = channels
        self.secret = secret
        self.masking = masking
    }

    func deliver(_ letter: Letter, to recipient: Recipient) async -> DeliveryOutcome {
        switch recipient {
        case .address(let address):
            guard let mail else { return .deferred("no mail is set up: see `mail:` in the settings") }
            return DeliveryOutcome(await mail.send(letter, to: address), masking)
        case .channel(let name):
            guard let channel = channels[name] else {
                return .deferred("there is no channel '\(name)': see `channels:` in the settings")
            }
            return DeliveryOutcome(await send(letter, through: channel, named: name), masking)
        }
    }

    /// Whether mail would find its way, as far as that can be known without sending any; nil without mail.
    func check() async -> DeliveryOutcome? {
        guard let mail else { return nil }
        return DeliveryOutcome(await mail.check(), masking)
    }

    private func send(_ letter: Letter, through channel: ChannelSettings, named name: ChannelName) async -> SendOutcome
    {
        let kind: Webhook.Kind
        let reference: SecretReference
        switch channel {
        case .slack(let url): (kind, reference) = (.slack, url)
        case .mattermost(let url): (kind, reference) = (.mattermost, url)
        case .teams(let url): (kind, reference) = (.teams, url)
        case .command(let command):
            let document = CommandChannel.Document(
                subject: letter.subject,
                text: letter.text,
                to: name.text,
                id: letter.id.text,
                list: letter.list,
                date: letter.date
            )
            return await CommandChannel(command, masking: masking).send(document)
        }
        let url: String
        do { url = try await secret(reference) } catch {
            return .deferred("the webhook's address for \(kind.rawValue) could not be had: \(visible("\(error)"))")
        }
        return await Webhook(kind, url: url, pool: pool).send(Notice(title: letter.subject, text: letter.text))
    }
}

extension DeliveryOutcome {
    fileprivate init(_ outcome: SendOutcome, _ masking: Masking) {
        self =
            switch outcome {
            case .accepted(let words): .accepted(masking(words))
            case .deferred(let words): .deferred(masking(words))
            case .misconfigured(let words): .misconfigured(masking(words))
            case .refused(let words): .refused(masking(words))
            case .uncertain(let words): .uncertain(masking(words))
            }
    }
}
