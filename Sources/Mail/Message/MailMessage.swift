package import Foundation

/// One mail to one person; the same value is always the same bytes.
package struct MailMessage: Sendable, Hashable {
    package struct Attachment: Sendable, Hashable {
        package var name: String
        /// Such as `text/csv`.
        package var mediaType: String
        package var bytes: [UInt8]

        package init(name: String, mediaType: String, bytes: [UInt8]) {
            self.name = name
            self.mediaType = mediaType
            self.bytes = bytes
        }
    }

    package var from: MailAddress
    package var to: MailAddress
    package var replyTo: MailAddress?
    package var subject: String
    package var date: Date
    package var text: String
    package var html: String?
    package var attachments: [Attachment]
    /// The left half of Message-ID: letters, digits, `-`, `_` and `.`.
    ///
    /// It stands in a header of ours too, because some services write a Message-ID of their own.
    package var id: String
    /// The host-like name of List-Id, such as `notices.curfew.example.com`; nil leaves it out.
    package var listID: String?
    /// An `https:` or `mailto:` address; only https is offered as one click.
    package var unsubscribe: String?

    package init(
        from: MailAddress,
        to: MailAddress,
        replyTo: MailAddress? = nil,
        subject: String,
        date: Date,
        text: String,
        html: String? = nil,
        attachments: [Attachment] = [],
        id: String,
        listID: String? = nil,
        unsubscribe: String? = nil
    ) {
        self.from = from
        self.to = to
        self.replyTo = replyTo
        self.subject = subject
        self.date = date
        self.text = text
        self.html = html
        self.attachments = attachments
        self.id = id
        self.listID = listID
        self.unsubscribe = unsubscribe
    }

    /// The header that holds `id` whatever happens to Message-ID on the way; bounces are recognised by it.
    package static let keyHeader = "X-Curfew-Message"
}
