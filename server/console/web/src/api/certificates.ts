import { queryOptions } from "@tanstack/react-query";
import { changing, client, read, send } from "./client";
import type { Dated } from "./dated";
import type { components } from "./schema";

type Schema = components["schemas"];
export type Certificate = Dated<Schema["Certificate"]>;
export type CertificateCheck = Dated<Schema["CertificateCheck"]>;

const header = changing;

/** GET /certificates: those that were uploaded for the console, added last first. */
export const certificatesQuery = queryOptions({
  queryKey: ["certificates"],
  queryFn: ({ signal }) => read("Certificates", client.GET("/api/v1/certificates", { signal })),
});

/** POST /certificates/test: what a certificate is, without keeping it. */
export const checkCertificate = (body: Schema["CertificateUpload"]): Promise<CertificateCheck> =>
  read("Check the certificate", client.POST("/api/v1/certificates/test", { body, params: { header } }));

/** POST /certificates: keeps it with its key, which is sealed and never shown again. */
export const uploadCertificate = (body: Schema["CertificateUpload"]) =>
  read("Upload the certificate", client.POST("/api/v1/certificates", { body, params: { header } }));

export const removeCertificate = (certificate: string) =>
  send("Remove the certificate", client.DELETE("/api/v1/certificates/{certificate}", { params: { path: { certificate }, header } }));
