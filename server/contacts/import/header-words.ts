// What columns are called in the tables of shops, address books and other tools, without accents, blanks and signs.
import type { ContactColumn } from '../../../contract/imports.ts';

const columns: Record<ContactColumn | 'tags' | 'telegram_id', string> = {
  external_id: `id no nr customerid customernumber customerno customernr customernum customercode customerref
    clientid clientno clientnr clientnumber clientcode memberno membernumber userno accountid accountno accountnumber
    contactno userid contactid externalid memberid crmid shopid kundennummer kundennr kundenid numeroclient idclient
    nclient codeclient idcliente codigocliente numerocliente codicecliente idklienta numerklienta idклиента номерклиента
    кодклиента musterino musteriid klantnummer klantid kundnummer asiakasnumero 客户编号 会员号 顧客id 顧客番号 会員番号 고객번호 رقمالعميل
    شناسهمشتری`,
  full_name: `name fullname contactname customername clientname displayname nameandsurname vollername ganzername kontaktname nomcomplet
    nometprenom nomprenom nombrecompleto nombreyapellido nombreyapellidos nomecompleto nomeecognome фио полноеимя имяифамилия піб imienazwisko
    imieinazwisko adsoyad adisoyadi isimsoyisim volledigenaam naam namn navn nimi jmenoaprijmeni 姓名 名前 氏名 お名前 이름 성명 الاسم الاسمالكامل
    نامونامخانوادگی`,
  first_name: `firstname givenname forename christianname vorname rufname prenom nombre primernombre nome primeironome имя імя imie ad adi
    voornaam fornamn fornavn etunimi jmeno keresztnev 名 名字 이름first الاسمالاول نام`,
  last_name: `lastname surname familyname secondname nachname familienname zuname nom nomdefamille apellido apellidos sobrenome cognome
    фамилия прізвище nazwisko soyad soyadi soyisim achternaam efternamn etternavn efternavn sukunimi prijmeni vezeteknev 姓 姓氏 苗字 성
    اسمالعائلة نامخانوادگی`,
  email: `email emailaddress mail mailaddress emailadresse mailadresse courriel adresseemail adressemail adressecourriel correo
    correoelectronico direcciondecorreo enderecodeemail indirizzoemail posta postaelettronica почта электроннаяпочта емейл имейл
    електроннапошта adresemail eposta epostaadresi epost epostadress emailadres sahkoposti 邮箱 电子邮件 电子邮箱 メール メールアドレス 이메일
    البريدالالكتروني البريدالإلكتروني ایمیل`,
  phone: `phone phonenumber telephone telephonenumber mobile mobilephone mobilenumber cell cellphone cellnumber tel contactnumber
    whatsapp whatsappnumber whatsappphone telefon telefonnummer handy handynummer mobil mobilnummer mobiltelefon rufnummer numero
    telephoneportable portable mobil numerodetelephone telefono telefonomovil movil celular numerodetelefono telefone telemovel cellulare numeroditelefono
    телефон номертелефона мобильный мобильныйтелефон сотовый мобільний numertelefonu telefonkomorkowy komorka cep ceptelefonu ceptel
    telefonnumarasi telefoonnummer mobiel gsm puhelin puhelinnumero 电话 手机 手机号 手机号码 電話 電話番号 携帯電話 전화번호 휴대폰 핸드폰 هاتف الهاتف رقمالهاتف الجوال
    رقمالجوال موبایل تلفن شمارهموبایل`,
  language: `language lang languagecode locale sprache langue idioma lingua язык мова jezyk dil taal sprak sprog kieli 语言 言語 언어 اللغة زبان`,
  time_zone: `timezone tz zeitzone fuseauhoraire fuseau zonahoraria husohorario fusohorario fuso fusoorario часовойпояс strefaczasowa
    saatdilimi tijdzone tidszon 时区 タイムゾーン 시간대 المنطقةالزمنية`,
  tags: `tag tags label labels etikett etiketten schlagworte schlagwort etiquette etiquettes etiqueta etiquetas etichetta etichette тег
    теги метка метки etykieta etykiety tagi etiket etiketler 标签 タグ 태그 وسم وسوم برچسب`,
  telegram_id: `telegramid telegramuserid telegramchatid tgid tguserid chatid telegram idтелеграм телеграмid`,
};

/** Spelling (see `spelling`) → what such a column holds. */
export const words: ReadonlyMap<string, ContactColumn | 'tags' | 'telegram_id'> = new Map(
  Object.entries(columns).flatMap(([column, list]) =>
    list
      .split(/\s+/)
      .map((word) => [word.normalize('NFKD').replaceAll(/\p{M}/gu, ''), column as ContactColumn] as const),
  ),
);
