enum BounceSamples {
    static let postfix = """
        Return-Path: <>
        From: MAILER-DAEMON@mail.example.com (Mail Delivery System)
        Subject: Undelivered Mail Returned to Sender
        To: curfew@example.com
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status;
        \tboundary="3F2A41A0.1795420900/mail.example.com"
        Message-Id: <20261123080140.9D1B21A1@mail.example.com>

        This is a MIME-encapsulated message.

        --3F2A41A0.1795420900/mail.example.com
        Content-Description: Notification
        Content-Type: text/plain; charset=us-ascii

        This is the mail system at host mail.example.com.

        --3F2A41A0.1795420900/mail.example.com
        Content-Description: Delivery report
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mail.example.com
        X-Postfix-Queue-ID: 3F2A41A0
        Arrival-Date: Mon, 23 Nov 2026 08:01:39 +0000 (UTC)

        Final-Recipient: rfc822; nobody@example.com
        Original-Recipient: rfc822;nobody@example.com
        Action: failed
        Status: 5.1.1
        Remote-MTA: dns; mx.example.com
        Diagnostic-Code: smtp; 550 5.1.1 <nobody@example.com>: Recipient address
            rejected: User unknown

        --3F2A41A0.1795420900/mail.example.com
        Content-Description: Undelivered Message Headers
        Content-Type: text/rfc822-headers

        Received: from curfew (localhost [127.0.0.1])
        Subject: 2 environments are due
        Message-ID: <n-2026-11-23.7@example.com>
        X-Curfew-Message: n-2026-11-23.7

        --3F2A41A0.1795420900/mail.example.com--

        """

    static let exchange = """
        From: <postmaster@contoso.example>
        Subject: Undeliverable: 1 environment is due
        Content-Type: multipart/report; report-type=delivery-status; boundary="_4c1f_"
        MIME-Version: 1.0

        --_4c1f_
        Content-Type: multipart/alternative; boundary="_4c20_"

        --_4c20_
        Content-Type: text/plain; charset="us-ascii"

        Delivery has failed to these recipients or groups: gone@contoso.example

        --_4c20_
        Content-Type: text/html; charset="us-ascii"

        <p>Delivery has failed</p>

        --_4c20_--

        --_4c1f_
        Content-Type: message/delivery-status

        Reporting-MTA: dns;AM0PR01.eurprd01.prod.exchangelabs.example
        Received-From-MTA: dns;mail.example.com
        Arrival-Date: Mon, 23 Nov 2026 08:01:39 +0000

        Final-Recipient: rfc822;gone@contoso.example
        Action: failed
        Status: 5.1.10
        Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient gone@contoso.example not found by SMTP address lookup

        --_4c1f_
        Content-Type: message/rfc822

        Received: from mail.example.com (192.0.2.7) by AM0PR01.eurprd01
        Subject: 1 environment is due
        Message-ID:
            <n-2026-11-23.8@example.com>
        Content-Type: text/plain

        body

        --_4c1f_--
        """

    static let gmail = """
        From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
        To: curfew@example.com
        Auto-Submitted: auto-replied
        Subject: Delivery Status Notification (Failure)
        Content-Type: multipart/report; boundary="0000000000004a7e0b05"; report-type=delivery-status

        --0000000000004a7e0b05
        Content-Type: multipart/related; boundary="0000000000004a8d6c05"

        --0000000000004a8d6c05
        Content-Type: text/plain; charset="UTF-8"

        ** Message not delivered **

        --0000000000004a8d6c05--
        --0000000000004a7e0b05
        Content-Type: message/delivery-status

        Reporting-MTA: dns; googlemail.com
        Arrival-Date: Mon, 23 Nov 2026 00:01:39 -0800 (PST)
        X-Original-Message-ID: <w-2026-W47.ada@example.com>

        Final-Recipient: rfc822; full@gmail.example
        Action: failed
        Status: 4.2.2
        Diagnostic-Code: smtp; 452-4.2.2 The recipient's inbox is out of storage space. Please direct
         452-4.2.2 the recipient to their help page 452 4.2.2 for more - gsmtp
        Last-Attempt-Date: Thu, 26 Nov 2026 00:01:40 -0800 (PST)

        --0000000000004a7e0b05
        Content-Type: message/rfc822

        X-Google-DKIM-Signature: v=1; a=rsa-sha256
        Message-ID: <w-2026-W47.ada@example.com>
        Subject: The week

        text

        --0000000000004a7e0b05--
        """

    static let ses = """
        From: MAILER-DAEMON@eu-central-1.amazonses.com
        To: curfew@example.com
        Subject: Delivery Status Notification (Failure)
        MIME-Version: 1.0
        Content-Type: multipart/report;
         boundary="----=_Part_1_2.3";
         report-type=delivery-status

        ------=_Part_1_2.3
        Content-Type: text/plain; charset=us-ascii
        Content-Transfer-Encoding: 7bit

        An error occurred while trying to deliver the mail to the following recipients:
        bounce@simulator.amazonses.com
        ------=_Part_1_2.3
        Content-Type: message/delivery-status
        Content-Transfer-Encoding: 7bit

        Reporting-MTA: dns; b224-11.smtp-out.eu-central-1.amazonses.com

        Action: failed
        Final-Recipient: rfc822; bounce@simulator.amazonses.com
        Diagnostic-Code: smtp; 550 5.1.1 user unknown
        Status: 5.1.1


        ------=_Part_1_2.3
        Content-Type: message/rfc822
        Content-Disposition: inline

        From: curfew@example.com
        Message-ID: <0107019a-1111-2222-3333-444444444444-000000@eu-central-1.amazonses.com>
        x-curfew-message: n-2026-11-23.9
        Subject: 3 environments are due

        text
        ------=_Part_1_2.3--

        """

    static let several = """
        Content-Type: multipart/report; report-type="delivery-status"; boundary=x

        --x
        Content-Type: text/plain

        This is what happened to your mail.
        --x
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mail.example.com

        Final-Recipient: rfc822; a@example.com
        Action: failed
        Status: 5.0.0

        Final-Recipient: rfc822; <b@example.com>
        Action: delayed (will retry)
        Status: 4.4.7 (late)
        Diagnostic-Code: smtp; late

        Final-Recipient: rfc822; c@example.com
        Action: delivered
        Status: 2.0.0
        --x--
        """

    static let encoded = """
        Content-Type: multipart/report; report-type=delivery-status; boundary=x

        --x
        Content-Type: message/delivery-status
        Content-Transfer-Encoding: base64

        UmVwb3J0aW5nLU1UQTogZG5zOyBtYWlsLmV4YW1wbGUuY29tCgpGaW5hbC1SZWNpcGllbnQ6IHJm
        YzgyMjsgbm9ib2R5QGV4YW1wbGUuY29tCkFjdGlvbjogZmFpbGVkClN0YXR1czogNS4xLjEK
        --x
        Content-Type: text/rfc822-headers
        Content-Transfer-Encoding: quoted-printable

        Subject: x
        Message-ID: <n=2E1@exam=
        ple.com>
        --x--
        """
}
