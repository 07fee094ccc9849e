/// The mail server's program.
///
/// By the first word of the recipient's local part: `grey` is put off once (451), `nobody` does not exist (550), `full`
/// is refused after the message (552), `later` put off after it (452), `vanish` is taken and not answered, `hang`
/// is answered after a minute, `slow` refused (552) after three seconds, `rude` is refused in colour, `verified` does not
/// exist as another server says. The senders `stranger` (at MAIL), `unowned` and `homeless` (at RCPT) are refused.
enum MailServerScript {
    static let text = #"""
        import asyncio, base64, datetime, ipaddress, json, os, ssl, sys
        from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec

        folder = sys.argv[1]
        count = 0

        def certificate(name, names, issuer=None):
            key = ec.generate_private_key(ec.SECP256R1())
            subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
            now = datetime.datetime.now(datetime.timezone.utc)
            signer, signing = (issuer[0].subject, issuer[1]) if issuer else (subject, key)
            builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(signer).public_key(key.public_key())
                .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
                .not_valid_after(now + datetime.timedelta(days=30))
                .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True))
            if names:
                builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
            return builder.sign(signing, hashes.SHA256()), key

        def write(name, certificate, key=None):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(certificate.public_bytes(serialization.Encoding.PEM))
                if key:
                    file.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                        serialization.NoEncryption()))
            return os.path.join(folder, name)

        def context(path):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(path)
            return context

        class Handler:
            seen = set()

            async def handle_MAIL(self, server, session, envelope, address, options):
                if address.startswith("stranger@"):
                    return "550 5.1.8 <%s>: Sender address rejected: Domain not found" % address
                envelope.mail_from = address
                envelope.mail_options.extend(options)
                return "250 2.1.0 Ok"

            async def handle_RCPT(self, server, session, envelope, address, options):
                # As Postfix does: a refused sender hears of it here.
                if envelope.mail_from.startswith("unowned@"):
                    return "553 5.7.1 <%s>: Sender Address Rejected: not owned by user curfew" % envelope.mail_from
                if envelope.mail_from.startswith("homeless@"):
                    return "550 5.1.8 <%s>: domain not found" % envelope.mail_from
                word = address.split("@")[0].split("-")[0]
                if word == "nobody":
                    return "550 5.1.1 <%s>: no such user here" % address
                if word == "verified":
                    return ("550 5.1.1 <%s>: Recipient address rejected: undeliverable address: mx.test said: "
                        "553 Sender address rejected" % address)
                if word == "rude":
                    return "554 5.7.1 \x1b[31mgo away\x07"
                if word == "grey" and address not in self.seen:
                    self.seen.add(address)
                    return "451 4.7.1 Greylisted, try again later"
                envelope.rcpt_tos.append(address)
                return "250 2.1.5 Ok"

            async def handle_DATA(self, server, session, envelope):
                global count
                word = envelope.rcpt_tos[0].split("@")[0].split("-")[0]
                if word == "full":
                    return "552 5.2.2 Mailbox full"
                if word == "slow":
                    await asyncio.sleep(3)
                    return "552 5.2.2 Mailbox full, but late"
                if word == "later":
                    return "452 4.2.2 Over quota, try again later"
                if word == "hang":
                    await asyncio.sleep(60)
                count += 1
                name = os.path.join(folder, "%06d" % count)
                with open(name + ".part", "w") as file:
                    json.dump({"sender": envelope.mail_from, "recipients": envelope.rcpt_tos,
                        "content": base64.b64encode(envelope.original_content).decode(),
                        "peerPort": session.peer[1], "isEncrypted": server.transport.get_extra_info("ssl_object") is not None,
                        "login": session.auth_data.login.decode() if session.auth_data else None}, file)
                os.rename(name + ".part", name + ".mail")
                if word == "vanish":
                    server.transport.abort()
                return "250 2.0.0 Ok: queued as %06d" % count

        def authenticate(server, session, envelope, mechanism, data):
            good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"curfew", b"right horse")
            return AuthResult(success=good, handled=False, auth_data=data if good else None)

        async def busy(reader, writer):
            writer.write(b"421 4.3.2 Too busy, come back later\r\n")
            await writer.drain()
            writer.close()

        async def breaking(reader, writer):
            writer.write(b"220 mail.test ready\r\n")
            while not (line := await reader.readline()).upper().startswith(b"DATA"):
                writer.write(b"250 Ok\r\n")
            writer.write(b"354 Go on\r\n")
            await reader.readexactly(100_000)
            writer.transport.abort()

        async def silent(reader, writer):
            await reader.read()
            writer.close()

        async def main():
            authority = certificate("Curfew test authority", [])
            write("authority.pem", authority[0])
            here = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            good = write("good.pem", *certificate("localhost", here, authority))
            other = write("other.pem", *certificate("elsewhere", [x509.DNSName("elsewhere.example")], authority))
            handler = Handler()
            loop = asyncio.get_running_loop()
            ports, servers = {}, []

            async def serve(name, ssl=None, **options):
                options.setdefault("data_size_limit", 2_000_000)
                server = await loop.create_server(
                    lambda: SMTP(handler, loop=loop, hostname="mail.test", **options), "127.0.0.1", 0, ssl=ssl)
                servers.append(server)
                ports[name] = server.sockets[0].getsockname()[1]

            async def raw(name, talk):
                server = await asyncio.start_server(talk, "127.0.0.1", 0)
                servers.append(server)
                ports[name] = server.sockets[0].getsockname()[1]

            await serve("plain")
            await serve("impatient", timeout=1)
            await serve("starttls", tls_context=context(good), require_starttls=True)
            await serve("login", tls_context=context(good), require_starttls=True, auth_required=True,
                authenticator=authenticate)
            await serve("tls", ssl=context(good))
            await serve("misnamed", tls_context=context(other), require_starttls=True)
            await raw("busy", busy)
            await raw("breaking", breaking)
            await raw("silent", silent)
            with open(os.path.join(folder, "ports.part"), "w") as file:
                json.dump(ports, file)
            os.rename(os.path.join(folder, "ports.part"), os.path.join(folder, "ports.json"))
            await asyncio.Event().wait()

        asyncio.run(main())
        """#
}
